"""The entry of every server and command: ``app``."""

import sys

from config import Config, ConfigError
from diploma.app import create_app

try:
    app = create_app(Config.from_env())
except ConfigError as error:  # an operator's mistake: one sentence, no traceback
    sys.exit(f"Setting {error}")
