"""The labelled sample: texts with what is personal in them marked, read from sample-en.txt and sample-fr.txt.

    [letters]                                       a group
    + Dear [[name:Jane Doe]], …                     a text; what stands in double brackets is to be found
    - Order 4165550199-22 has shipped.              a text in which there is nothing to be found
    ? How tall is Mount Logan?                      one about what everybody knows

A text takes one line: `\\n`, `\\t`, `\\u00a0` and `\\\\` are written so. A type with a question mark, as in
`[[location?:Ontario]]`, counts neither way. `#` is the check digit of a card, a SIN or a health number of Ontario, `~`
that of one of British Columbia, and `##` those of an IBAN: all are filled in here, so that none can be wrong.
"""
import os
import re
from dataclasses import dataclass

FOLDER = os.path.dirname(os.path.abspath(__file__))
TYPES = ("name", "email", "phone", "us_ssn", "ca_sin", "credit_card", "ip_address", "location", "health_number", "iban",
         "date_of_birth")
KINDS = {"+": "pos", "-": "neg", "?": "know"}
MARK = re.compile(r"\[\[([a-z_]+)(\??):(.*?)\]\]")


@dataclass(frozen=True)
class Span:
    """Where something is, in characters; the end is the first that doesn't belong to it."""
    start: int
    end: int
    type: str
    is_optional: bool = False


@dataclass(frozen=True)
class Text:
    id: str
    language: str
    kind: str
    group: str
    text: str
    spans: tuple

    @property
    def needed(self):
        return [span for span in self.spans if not span.is_optional]

    def value(self, span):
        return self.text[span.start:span.end]

    @property
    def object(self):
        """As one line of a file that other programs read."""
        spans = [{"start": span.start, "end": span.end, "type": span.type,
                  **({"optional": True} if span.is_optional else {})} for span in self.spans]
        return {"id": self.id, "lang": self.language, "kind": self.kind, "group": self.group, "text": self.text,
                "spans": spans}


def texts(languages=("en", "fr")):
    return [text for language in languages for text in read(language)]


def read(language):
    found, group = [], ""
    with open(os.path.join(FOLDER, f"sample-{language}.txt"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("[") and line.endswith("]"):
                group = line[1:-1]
            elif line[:2] in ("+ ", "- ", "? "):
                text, spans = unmarked(line[2:])
                found.append(Text(f"{language}{number}", language, KINDS[line[0]], group, text, spans))
            elif line and not line.startswith("#"):
                raise ValueError(f"sample-{language}.txt:{number}: begin with '+ ', '- ' or '? '")
    return found


def unmarked(line):
    """The text of a line, and the spans that were marked in it."""
    text, spans, at = "", [], 0
    for mark in MARK.finditer(line):
        if mark[1] not in TYPES:
            raise ValueError(f"no such type: {mark[1]}")
        text += unescaped(line[at:mark.start()])
        value = with_check_digits(mark[1], unescaped(mark[3]))
        spans.append(Span(len(text), len(text) + len(value), mark[1], bool(mark[2])))
        text, at = text + value, mark.end()
    return text + unescaped(line[at:]), tuple(spans)


def unescaped(text):
    plain = {"n": "\n", "t": "\t", "\\": "\\"}
    return re.sub(r"\\(u[0-9a-f]{4}|.)", lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1
                  else plain[found[1]], text)


# ---------------------------------------------------------------------------------------------------- Check digits

def with_check_digits(type, value):
    if "##" in value:
        return value.replace("##", f"{iban_check(value):02}")
    if "#" in value:
        return value.replace("#", str(luhn_digit(re.sub(r"\D", "", value))))
    if "~" in value and type == "health_number":
        return value.replace("~", str(phn_digit(re.sub(r"\D", "", value))))
    return value


def luhn_digit(digits):
    """ISO/IEC 7812-1, annex B: what makes the sum a multiple of ten when it is put behind."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10


def iban_check(value):
    """ISO 13616-1, section 6, and ISO/IEC 7064, MOD 97-10."""
    plain = re.sub(r"[\s-]", "", value).upper().replace("##", "00")
    return 98 - int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97


def phn_digit(digits):
    """British Columbia's: modulus 11 over the eight digits behind the leading 9."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[1:9], (2, 4, 8, 5, 10, 9, 7, 3)))
    check = 11 - total % 11
    if check > 9:
        raise ValueError(f"no number begins with {digits}: take another")
    return check
