"""The entry of every server and command: ``app``."""

import sys

from config import Config, ConfigError

if ["content", "check"] in [sys.argv[at : at + 2] for at in range(len(sys.argv))]:
    from diploma.authors import create_app  # reads files alone, and starts two seconds sooner
else:
    from diploma.app import create_app

try:
    app = create_app(Config.from_env())
except ConfigError as error:  # an operator's mistake: one sentence, no traceback
    sys.exit(f"Setting {error}")
