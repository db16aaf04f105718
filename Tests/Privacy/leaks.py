"""What counts as a leak: a telling part of something personal that arrived where it should not."""
import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
# Words that every second name or address has, and titles: they tell nothing of anybody.
COMMON = set("""
    de la le les du des da di do das dos van von der den el al bin ibn bint ben ould st ste saint sainte et and of
    the à dr dre mr mrs ms mme mlle me prof
    street st avenue ave av road rd drive dr lane ln court crt crescent cres circle boulevard blvd boul way place pl
    terrace trail gate hill heights mews mount grove square unit apt app suite floor basement bureau local
    unité sous sol rue chemin ch rang montée route côte impasse allée promenade quai concession main church principale
    north south east west nord sud est ouest nw ne sw se po box case postale cp rr general delivery
    """.split())
INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
NUMBERS = ("phone", "us_ssn", "ca_sin", "credit_card", "health_number", "iban")


def folded(text):
    return unicodedata.normalize("NFKC", text).casefold().translate(INVISIBLE)


def telling_parts(value, type):
    """The parts of a value each of which says by itself who or where somebody is.

    The words of a name or an address but for the shortest and the common ones, an address's local part, and of all else
    the whole. Of a value without such a part, such as the name "Bo", the whole counts.
    """
    if type == "email":
        return [folded(value).partition("@")[0]]
    if type in ("name", "location"):
        words = [folded(word) for word in WORD.findall(value)]
        return [word for word in words if len(word) > 2 and word not in COMMON] or [folded(value)]
    return [folded(value)]


def plain(text):
    """Without what numbers are grouped by, so that a number is found however it is written."""
    return re.sub(r"(?<=\w)[\s().·/-]+(?=\w)", "", folded(text))


def occurrences(part, text):
    """How often a part stands in a text and isn't the middle of a longer word."""
    left, right = (r"(?<![^\W_])" if part[:1].isalnum() else ""), (r"(?![^\W_])" if part[-1:].isalnum() else "")
    return len(re.findall(left + re.escape(part) + right, text))


def rest_of(text, spans):
    """A text without what is marked in it."""
    kept, at = [], 0
    for span in spans:
        kept.append(text[at:span.start])
        at = span.end
    return "\0".join([*kept, text[at:]])


def has_leaked(text, span, spans, arrived):
    """Whether a part of a span is in what arrived more often than elsewhere in the text, where it isn't marked."""
    value, rest = text[span.start:span.end], rest_of(text, spans)
    if any(occurrences(part, folded(arrived)) > occurrences(part, folded(rest))
           for part in telling_parts(value, span.type)):
        return True
    if span.type not in NUMBERS:
        return False
    number = re.sub(r"[\W_]", "", folded(value))
    return plain(arrived).count(number) > plain(rest).count(number)


def is_changed(text, spans, arrived):
    """Whether anything but the marked spans is different."""
    pattern, at = "", 0
    for span in spans:
        pattern += re.escape(text[at:span.start]) + r"[\s\S]{1,200}?"
        at = span.end
    return not re.fullmatch(pattern + re.escape(text[at:]), arrived)
