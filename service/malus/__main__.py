"""The console entry. Owns nothing but the start: the commands are malus.command_line's."""

import gc


def main() -> None:
    """Run malus with the process's arguments; ends the process with the command's exit code."""
    # Imported on call, so that whoever imports this module pays for no command line. What is imported stays: the
    # collector, which would look through it again and again, waits until it is there.
    gc.disable()
    from malus.command_line.app import app

    gc.freeze()
    gc.enable()
    app(prog_name="malus")


if __name__ == "__main__":
    main()
