# SPDX-License-Identifier: GPL-2.0
"""Reads constants and descriptions out of uapi/linux/mqtt.h."""
import os
import re

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HEADER = os.path.join(TOP, "uapi/linux/mqtt.h")
SPEC = os.path.join(TOP, "Documentation/netlink/specs/mqtt.yaml")


class Header:
    """Constants and kernel-doc of a uapi header."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.code = re.sub(r"/\*.*?\*/", "", self.text, flags=re.S)
        self.value = {}         # constant -> value
        self.enum = {}          # enum -> its constants in order
        self.doc = {}           # constant -> kernel-doc
        self.defines()
        self.enums()
        self.docs()

    def number(self, expression):
        """Value of a constant expression made of numbers, names, ( ) << | - and ~."""
        expression = re.sub(r"\b(0x[0-9a-fA-F]+|\d+)(U?L*)\b", r"\1", expression)
        expression = re.sub(r"\b[A-Za-z_]\w*\b", lambda m: str(self.value[m[0]]), expression)
        if not re.fullmatch(r"[\s0-9a-fA-Fx()<|~+-]+", expression):
            raise ValueError(expression)
        return eval(expression)         # pylint: disable=eval-used

    def defines(self):
        code = self.code.replace("\\\n", " ")
        for name, text in re.findall(r"^#define\s+(MQTT_\w+)[ \t]+(\S.*?)\s*$", code, re.M):
            self.value[name] = text[1:-1] if text.startswith('"') else self.number(text)

    def enums(self):
        for enum, body in re.findall(r"enum (\w+) \{(.*?)\};", self.code, re.S):
            self.enum[enum] = []
            following = 0
            for entry in filter(None, (e.strip() for e in body.split(","))):
                name, _, text = (p.strip() for p in entry.partition("="))
                if text:
                    following = self.number(text)
                self.value[name] = following
                self.enum[enum].append(name)
                following += 1

    def docs(self):
        for block in re.findall(r"/\*\*\n(.*?)\*/", self.text, re.S):
            lines = [re.sub(r"^ \* ?", "", line) for line in block.split("\n")]
            name = None
            for line in lines:
                start = re.match(r"@(\w+): (.*)", line)
                if start:
                    name = start[1]
                    self.doc[name] = start[2]
                elif name and line.strip():
                    self.doc[name] += " " + line.strip()
                else:
                    name = None
