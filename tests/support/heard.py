"""The beginning of a program that hears signals, whoever started it."""

from __future__ import annotations

# Whoever runs the tests (nohup, a shell's background) may ignore these, and then so does a child.
HEARD = """
import signal
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
