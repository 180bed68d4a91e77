"""Laws of policies: what is refused, and that files bring back what they were written from."""

from hypothesis import given
from hypothesis import strategies as st

from commshub.policy import MOST_CODES, NUMBERS, Policy
from stormbench.policy_file import examine, plain_policy, policy_of

CODES = st.integers(0, 0xFFFF)
COUNTS = st.integers(0, 65535)

# At the edges, and beside them, and what is no number at all.
ODD = st.one_of(
    st.sampled_from([-1, 0, 1, 2, 5, 999, 1000, 60000, 60001, 65535, 65536, 604800000, 604800001]),
    st.sampled_from([None, True, 5.0, "5", []]),
)
# Most are near enough to each other that their order matters, and is often right.
FIELDS = st.fixed_dictionaries(
    {}, optional={name: st.one_of(st.integers(1, 6), ODD) for name, *_ in NUMBERS}
)
EXCLUDED = st.one_of(st.sets(CODES, max_size=5), st.sampled_from([None, [1], {-1}, {0x10000}, 7]))
LIMITS = st.one_of(
    st.dictionaries(CODES, st.one_of(COUNTS, ODD), max_size=4),
    st.sampled_from([None, [], {-1: 1}, {"8F75": 8}]),
)


@st.composite
def any_policies(draw):
    """Policies with anything in them."""
    policy = Policy()
    for name, value in draw(FIELDS).items():
        setattr(policy, name, value)
    policy.excluded_codes = draw(EXCLUDED)
    policy.code_limits = draw(LIMITS)
    return policy


@st.composite
def acceptable_policies(draw):
    """Policies over the whole range of every field."""
    policy = Policy()
    for name, _, least, most in NUMBERS:
        setattr(policy, name, draw(st.integers(least, most)))
    thresholds = sorted(draw(st.tuples(COUNTS, COUNTS, COUNTS)))
    policy.red_clear_threshold, policy.amber_threshold, policy.red_threshold = thresholds
    policy.excluded_codes = draw(st.sets(CODES, max_size=8))
    policy.code_limits = draw(st.dictionaries(CODES, COUNTS, max_size=8))
    lowest = min([policy.code_limit, *policy.code_limits.values()])
    policy.code_clear_limit = draw(st.integers(0, lowest))
    return policy


def is_number(value, least, most):
    return type(value) is int and least <= value <= most


def fields_that_break_a_rule(policy):
    """Section 2 of MECHANISM.md a second time: the fields, in any order, each once."""
    bad = {n for n, _, least, most in NUMBERS if not is_number(getattr(policy, n), least, most)}
    for low, high in [("amber", "red"), ("red_clear", "amber")]:
        names = {f"{low}_threshold", f"{high}_threshold"}
        if not names & bad:
            low_name, high_name = f"{low}_threshold", f"{high}_threshold"
            if getattr(policy, low_name) > getattr(policy, high_name):
                yield low_name
    limits = policy.code_limits if isinstance(policy.code_limits, dict) else {}
    counts = [
        limit for limit in [policy.code_limit, *limits.values()] if is_number(limit, 0, 65535)
    ]
    if "code_clear_limit" not in bad and any(policy.code_clear_limit > n for n in counts):
        yield "code_clear_limit"
    excluded = policy.excluded_codes
    if not isinstance(excluded, set) or not all(is_number(code, 0, 0xFFFF) for code in excluded):
        yield "excluded_codes"
    rows_are_right = all(
        is_number(c, 0, 0xFFFF) and is_number(n, 0, 65535) for c, n in limits.items()
    )
    if not isinstance(policy.code_limits, dict) or not rows_are_right:
        yield "code_limits"
    yield from bad


@given(any_policies())
def test_fields_that_are_refused_are_those_that_break_a_rule(policy):
    assert {field for field, _ in policy.refusals()} == set(fields_that_break_a_rule(policy))


@given(any_policies())
def test_refusal_is_the_first_of_the_refusals_or_none(policy):
    assert policy.refusal() == next(iter([*policy.refusals(), None]))


@given(any_policies())
def test_refusals_do_not_change_the_policy(policy):
    before = dict(vars(policy))
    list(policy.refusals())
    assert vars(policy) == before


@given(acceptable_policies())
def test_plain_policy_is_read_back_as_the_same_policy(policy):
    assert vars(policy_of(plain_policy(policy), "law")) == vars(policy)


# What TOML and JSON can hold.
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=4,
)
NAMES = st.one_of(st.sampled_from(list(plain_policy(Policy()))), st.text(max_size=6))


@given(st.dictionaries(NAMES, PLAIN, max_size=4))
def test_whatever_a_file_holds_is_accepted_or_refused_and_never_both(fields):
    examined = examine(fields)
    assert bool(examined.refusals) or examined.policy.refusal() is None
    assert all(len(refusal.sentence("P").splitlines()) == 1 for refusal in examined.refusals)


@given(st.integers(0, MOST_CODES + 5))
def test_as_many_codes_as_a_frame_has_are_accepted_and_no_more(count):
    policy = Policy()
    policy.excluded_codes = set(range(count))
    assert (policy.refusal() is None) == (count <= MOST_CODES)
