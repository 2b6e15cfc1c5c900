#!/usr/bin/env python
"""Every command of the product: `./run manage help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")
    execute_from_command_line(sys.argv)
