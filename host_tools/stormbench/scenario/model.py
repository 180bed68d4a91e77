"""What a scenario file may say, with its limits. TOML in, plain values out.

Times are in ms of scenario time. All EUI-64s are 16 hex digits.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from commshub.policy import Policy
from stormbench.errors import InvalidInput
from stormbench.faults.plan import FaultPlan
from stormbench.policy_file import policy_of, read_toml
from stormbench.strict_model import StrictModel, reasons


def _upper(text: str) -> str:
    return text.upper()


Eui64 = Annotated[str, Field(pattern="^[0-9A-Fa-f]{16}$"), AfterValidator(_upper)]
Code = Annotated[str, Field(pattern="^[0-9A-Fa-f]{4}$"), AfterValidator(_upper)]
TimeMs = Annotated[int, Field(ge=0, le=2**47)]


class Hub(StrictModel):
    """A Communications Hub; one that is not `updated` still has firmware without a throttle."""

    id: Annotated[int, Field(ge=1, le=65535)] = 1
    updated: bool = True


class Tables(StrictModel):
    """Sizes of the hub's tables; the defaults are the firmware's."""

    device_capacity: Annotated[int, Field(ge=0, le=1024)] = 16
    key_capacity: Annotated[int, Field(ge=0, le=1024)] = 128


class Wan(StrictModel):
    """The link between the hubs of a cell and the DSP. Every default is an assumption: what a
    hub has of the real networks is not public."""

    bytes_per_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    delay_ms: Annotated[int, Field(ge=0)] = 800
    queue_bytes: Annotated[int, Field(ge=0)] = 6000
    loss: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Device(StrictModel):
    """Something that sends alerts."""

    name: str
    kind: Literal["ESME", "GSME", "GPF", "CHF", "HCALCS", "PPMID"]
    originator: Eui64
    hub: int = 1


class Phase(StrictModel):
    """One device sends one code to one target for a while.

    `poisson` and `periodic` send `per_hour`; `burst` sends `count` alerts 100 ms apart at its
    start and every `every_ms` after. `count` also ends the other shapes early.
    """

    name: str
    device: str
    code: Code
    target: Eui64
    at_ms: TimeMs = 0
    duration_ms: TimeMs
    shape: Literal["poisson", "periodic", "burst"]
    per_hour: Annotated[float, Field(gt=0, le=360000)] | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    every_ms: Annotated[int, Field(ge=1)] | None = None
    jitter_ms: Annotated[int, Field(ge=0)] = 0
    payload: Literal["dlms", "gbz", "asn1"] = "dlms"
    form: Literal["mac", "signature"] | None = None
    storm: bool = False

    @model_validator(mode="after")
    def _has_its_rate(self) -> "Phase":
        if self.shape == "burst":
            if self.count is None or self.every_ms is None:
                raise ValueError("a burst needs count and every_ms")
        elif self.per_hour is None:
            raise ValueError(f"{self.shape} needs per_hour")
        return self


class Scenario(StrictModel):
    """A whole recipe."""

    name: str
    description: str = ""
    seed: Annotated[int, Field(ge=0)] = 0
    duration_ms: Annotated[int, Field(ge=1, le=2**47)]
    hubs: Annotated[tuple[Hub, ...], Field(min_length=1)] = (Hub(),)
    tables: Tables = Tables()
    wan: Wan = Wan()
    faults: FaultPlan | None = None
    policy: dict[str, Any] = Field(default_factory=dict)
    devices: Annotated[tuple[Device, ...], Field(min_length=1)]
    phases: tuple[Phase, ...]

    @model_validator(mode="after")
    def _refers_to_what_there_is(self) -> "Scenario":
        hubs = {hub.id for hub in self.hubs}
        devices = {device.name for device in self.devices}
        if len(hubs) < len(self.hubs) or len(devices) < len(self.devices):
            raise ValueError("two hubs have one id, or two devices one name")
        if len({device.originator for device in self.devices}) < len(self.devices):
            raise ValueError("two devices have one originator, and so one originator counter")
        if len({phase.name for phase in self.phases}) < len(self.phases):
            raise ValueError("two phases have one name")
        for device in self.devices:
            if device.hub not in hubs:
                raise ValueError(f"device {device.name}: no hub has id {device.hub}")
        for phase in self.phases:
            if phase.device not in devices:
                raise ValueError(f"phase {phase.name}: no device is called {phase.device}")
            if phase.at_ms + phase.duration_ms > self.duration_ms:
                raise ValueError(f"phase {phase.name}: it ends after the scenario does")
        return self

    def throttle_policy(self) -> Policy:
        """The policy that the scenario asks for: the default one but for what it names.

        Raises:
            InvalidInput: it is refused.
        """
        return policy_of(self.policy, f"scenario {self.name}: policy")


SHIPPED_DEFAULT = Path(__file__).parent / "default.toml"


def read_scenario(path: Path | None) -> Scenario:
    """The scenario in a TOML file; the shipped default for None.

    Raises:
        InvalidInput: it cannot be read or is not a scenario, with each field and reason.
    """
    chosen = path or SHIPPED_DEFAULT
    fields = read_toml(chosen)
    try:
        return Scenario.model_validate(_tuples(fields))
    except ValidationError as error:
        raise InvalidInput(f"{chosen}: {reasons(error)}") from error


def _tuples(value: Any) -> Any:
    """Lists as tuples, which a frozen model holds; TOML has no tuples of its own."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: item if key == "policy" else _tuples(item) for key, item in value.items()}
    return value
