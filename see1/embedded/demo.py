"""Whether `make run` shows the demo, and the log-ins that it prints."""

import os

LOG_INS = """\
Log in, password see1-demo:  producer@demo.see1.example
                             rival@demo.see1.example (another organisation)
                             staff@demo.see1.example (admin)
API keys:                    see1_demo_producer, see1_demo_rival,
                             see1_demo_partner_readonly, see1_demo_staff"""


def demo_wanted() -> bool:
    return os.environ.get("DEMO", "1") != "0"
