"""The loop: bytes from the link through the framer to the app, and time when it is due.

There is no periodic tick. The shell sleeps in one poll until a byte comes or something is due.
"""

from commshub import framer as framing


def run(app, link, framer) -> None:
    """Serve until the other side closes the link; on a board that is for ever."""
    app.say_hello(0)
    while link.receive(framer, app.wait_ms()):
        app.on_time()
        serve(app, framer)


def serve(app, framer) -> None:
    """Give the app every frame that is whole."""
    found = framer.next()
    while found != framing.NEED_MORE:
        if found == framing.FRAME:
            app.on_frame(framer.kind, framer.seq, framer.buffer, framer.start, framer.end)
        found = framer.next()
