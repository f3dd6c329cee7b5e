"""What every implementation of a contract must show: suites of tests to inherit."""
