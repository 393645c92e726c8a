"""The entry of every server and command: ``app``."""

import gc
import os
import sys

from config import Config, ConfigError

if ["content", "check"] in [sys.argv[at : at + 2] for at in range(len(sys.argv))]:
    from diploma.authors import create_app  # reads files alone, and starts two seconds sooner
elif os.environ.get("FLASK_RUN_FROM_CLI"):  # set by the command ``flask``
    from diploma.cli import create_app
else:  # a web server: what only commands need stays out of its memory
    from diploma.app import create_app

try:
    app = create_app(Config.from_env())
except ConfigError as error:  # an operator's mistake: one sentence, no traceback
    sys.exit(f"Setting {error}")

gc.freeze()  # all this stays: a full collection need not walk through it, and holds the threads for 25 ms, not 130
