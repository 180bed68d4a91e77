"""The words of the report, explained for someone who was not there."""

WORDS = (
    ("alert", "One GBCS message in which a device tells a party that something happened."),
    ("storm", "The same alert sent again and again: a key over its limit."),
    ("key", "Originator, target and alert code together; alerts of one key are copies."),
    (
        "arm",
        "One way of running the comparison. All arms begin with the same alerts; only the place of"
        " the throttle differs.",
    ),
    (
        "hop",
        "A place on the path where alerts and bytes are counted: on the HAN, leaving the hub for"
        " the WAN, arriving at the DSP, arriving at Users.",
    ),
    ("hub", "What stands in for the Communications Hub: it runs stormbench's firmware."),
    ("DSP twin", "Our stand-in for the Data Service Provider, on the PC."),
    ("User", "Who receives alerts: an energy supplier or a network operator."),
    ("passed", "Forwarded as it came, with nothing attached."),
    (
        "sample",
        "A copy of a storm that is forwarded, with the number of copies suppressed since the last"
        " report.",
    ),
    ("suppressed", "Discarded by the throttle, and counted."),
    (
        "held",
        "The newest suppressed message of a key, kept so that a last report can be sent as that"
        " message. It stays counted as suppressed.",
    ),
    ("reported", "Suppressed alerts whose number was told to a User in a DUIS message."),
    (
        "service notice",
        "How a User hears what a throttle does, beside DUIS, which has no message for it: not an"
        " alert, and in no count of alerts or bytes.",
    ),
    (
        "told ahead by",
        "When an overload first suppressed an alert, less when its User was told that it starts."
        " Negative: the User learned of it afterwards.",
    ),
    ("other alert", "An alert that belongs to no storm: the ones a storm must not harm."),
    (
        "falsely suppressed",
        "Suppressed alerts from a phase of the scenario that is not marked as a storm.",
    ),
    (
        "last state",
        "Of two codes that take each other back (a voltage below its threshold, and above it"
        " again), the one that a device sent last. Wrong where the newest that reached the User is"
        " the other, or none did.",
    ),
    ("first alert", "The first alert of a key: how soon a User hears of something new."),
    ("p50, p99", "Half, or 99 of 100, of the alerts took this long or less."),
    ("HAN, WAN", "The home network between meter and hub; the wide network from hub to DSP."),
)
