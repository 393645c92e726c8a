"""Which encoding a text file was saved in: UTF-8, UTF-16, or one of the four of eight bits that lists come in.

Eight bits fit every byte, so those four cannot be told apart by errors. The right one makes words: letters of one
script, a capital only where a word begins or in all of it, neighbours that are common neighbours. The others make
a jumble. How sure that is, ``tests/cohorts/encoding_accuracy.py`` measures.
"""

import codecs
import itertools
import re
from collections.abc import Iterator, Mapping

EIGHT_BITS: Mapping[str, str] = {  # name: Python's codec; of equals the first is the likelier
    "windows-1251": "cp1251",
    "windows-1256": "cp1256",
    "cp866": "cp866",
    "koi8-r": "koi8_r",
}
NAMES = ("utf-8", "utf-16", *EIGHT_BITS)

SAMPLE = 4_000  # bytes in which zeros are counted
AROUND = 50_000  # bytes before and behind a broken one that tell what the file is
PIECE = 2**16  # bytes that are decoded at a time
WORDS = 2_000  # that are looked at

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HIGH = re.compile(rb"[A-Za-z]?[\x80-\xff]{1,60}[A-Za-z]?")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OUTSIDE_WORDS = frozenset(
    "\u2018\u2019\u201a\u201c\u201d\u201e\xab\xbb\u2013\u2014\u2026\u2116\xa7\xb0\xa0\u060c\u061b\u061f\u200c\u200d\u200e\u200f"
)

# The commonest neighbours in the course's own text, Russian with Uzbek and Arabic, which are nine of ten pairs there.
_CYRILLIC = """
    ан ни ла ар ин да га ри ди то ра та ат ли ил ти ст на нг ма ка ва ов ро те ер ол ит ал ен ир ад по ор пр от
    но иш ки ай ло ко из од во за са ет қа не ас ам си им би ос сл ть ги чи ик ис бо ом ре қи ве го де ав ши ид
    ҳа ми ел рт он мо со ба аш ун ча об ме тр ль ак ок аз аб ес аг ле до ой бе че лл ке се ўр ақ бу ия уч ог зи
    вы ек му ие лг иг оч ся ул йт иф тв жа ўл йи ви аж пи ей фа ны бў ту нн ае ша эт ем иб рн оп ур йд ег ку тс
    ед ше ру лу рг дн нд ий иқ тн лд рд кў жд ят чт ап фи еч рс нл ўз же ну ач ош кт шл нт ож ты лм ый пе ич сп
    ут оз ют ха ум кл ля ус хо жи ры ое кр ци сь ўқ гл па қо тў ск зн ду уд ҳи вс тк ёз оқ аю шу зо сў це йл уг
    ез тл мл вл кк қл ўй мм дл уж ёт тт зг аҳ жн бы сд чу зм ня бл оя ах зд их чк ая иц лю рм ох зы дв ые рл ьш
    тд ды қў еш йс ыв ёк ии др ац юд ещ ои уш нч ив кс тг йў ён ян лн уз ув гр яз шқ пу фо ще ую хи ҳе ев аё см
    рж мн мк аф ьн ғи сн су ык ву ыт лс шт ук вч гд ых рк ўт ҳо иа нм сс нь зл хр оа ря ым ьт св вн ғо қт кш юб
    иж ьм гу ўш жо ср ьк пл щи оо бр щё ыл аъ лы мы тм пш уҳ ца ўп чо шк ёр жу зу
"""
_ARABIC = """
    ال لم لا من وا ات ها ار ما في مل حد لت ول لى عد كل ان را ين لأ قا عل دة لد لي نا اح با اب سا اد ور در لك عم
    اس ام إل بع ري أو ير وم مو ست لة ون مس عا تب يق رج دي دا اع رة يد ية حا لو تر عن نت بل سب تا يا مة لف اق تح
    تي لب عة صف ذا وع لس لن جا مر تس قي مع يم ائ رس هذ تع كا نه لق لع مت لل وي غي ته خت اف رو قة كت خر لغ لش اء
    مح لج لح أن أي له تص جد تك هم يع فا طا مك جم فع شر او تو نص يت قر رق يه سل دو أح لخ شه فت سم شا لر مي اج وت
    شخ تم بي حة رك يس جة لص حت ني بط وق رف اخ بة أس بر خص كن صل يح دف كر مد قب يو ثم خط ود طل فو جل بق غة لإ يب
    وف قد نف حي أر عو بو أخ مش اث مج صو أل ثل تق قل عي خل اه كي صح عر ذه به فح بد جه يك يل دق أع قت عت صا يف وب
    ده شي سة حق فظ أك تغ رب سي سج سأ حف ره نو فك فر آخ قو لذ يج وح مق نس تج كو جو اك غا إع ئم طر وس وة تت يي رت
    وز يء وص صي أق اذ ذي إن مه اص كم رد تط أم نة رن صد فة فق نق دع اط رى تظ دم بت ظا كث ذل سؤ ند أد ثر دخ وأ تأ
    ثن خا ثا خم خي هي بح هر دد اي تن شة وظ وج دل حس ضع حض سو رش سه طو لث جت ئق جر فس ضا حر رأ وى ئي صة مص إج حل
    أص طب عه هن يغ ضي قص تف دت مم تى جع ظه ثة هو اض رض يص تل أش لط وإ خد زا ذك مب
"""
_PAIRS = {name: frozenset((_ARABIC if name == "windows-1256" else _CYRILLIC).split()) for name in EIGHT_BITS}
_LETTERS = {name: frozenset("".join(pairs)) for name, pairs in _PAIRS.items()}
_LETTERS["windows-1256"] |= frozenset(
    "\u0621\u0622\u0624\u0629\u0640\u0649\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u067e\u0686\u06a9\u06af"
)

_COMMON, _RARE, _BROKEN = 1, -1, -4  # what a pair of neighbours is worth


def unicode_codec(data: bytes) -> str | None:
    """Python's codec of a file in Unicode; ``None`` when it must be one of eight bits.

    UTF-16 without its mark shows by the zero bytes of its ASCII signs, which stand on one side. A file that is UTF-8
    but for a few bytes is damaged UTF-8, not something else.
    """
    if data[:2] in _MARKS:
        return "utf-16"
    if b"\0" in data[:SAMPLE]:
        zeros = sorted(_zeros(data))
        return utf16_codec(data) if zeros[0] * 4 <= zeros[1] else None
    broken = first_error(data, "utf-8")
    if broken is None or data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    around = data[max(broken - AROUND, 0) : broken + AROUND]
    high = sum(map(len, re.findall(rb"[\x80-\xff]+", around)))
    whole = sum(map(len, _UTF8.findall(around)))
    return "utf-8-sig" if whole > 0.75 * high else None


def first_error(data: bytes, codec: str) -> int | None:
    """Where the first byte stands that an encoding does not allow; the text is never in memory as a whole."""
    decoder = codecs.getincrementaldecoder(codec)()
    for at in range(0, len(data), PIECE):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(data[at : at + PIECE], at + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return max(at - pending + error.start, 0)
    return None


def utf16_codec(data: bytes) -> str:
    """The byte order of a text in UTF-16: that of its mark, else the one whose high bytes are more often zero."""
    if data[:2] in _MARKS:
        return "utf-16"
    even, odd = _zeros(data)
    return "utf-16-le" if odd >= even else "utf-16-be"


def _zeros(data: bytes) -> tuple[int, int]:
    """How many bytes at even and at odd places of the beginning are zero."""
    return data[:SAMPLE:2].count(0), data[1:SAMPLE:2].count(0)


def scores(data: bytes) -> dict[str, float]:
    """How much like words a file looks in each encoding of eight bits, from 1 down to -4; best first.

    An encoding that lacks one of the bytes is left out.
    """
    words = [found[0] for found in itertools.islice(_HIGH.finditer(data), WORDS)]
    found = {}
    for name, codec in EIGHT_BITS.items():
        try:
            text = b" ".join(words).decode(codec)
        except UnicodeDecodeError:
            continue
        worth = [each for word in text.split(" ") for each in _worth(word, name)]
        found[name] = sum(worth) / max(len(worth), 1)
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _worth(word: str, name: str) -> Iterator[int]:
    """What each pair of neighbours says for the encoding."""
    pairs, letters = _PAIRS[name], _LETTERS[name]
    lower = word.lower()
    known = [sign in letters for sign in lower]
    if len(word) == 1 and not known[0] and word not in _OUTSIDE_WORDS:
        yield _BROKEN
    for at, pair in enumerate(itertools.pairwise(lower)):
        if pair[0] in _OUTSIDE_WORDS or pair[1] in _OUTSIDE_WORDS:
            continue
        if not (known[at] and known[at + 1]) or (word[at] == lower[at] and word[at + 1] != lower[at + 1]):
            yield _BROKEN
        else:
            yield _COMMON if "".join(pair) in pairs else _RARE
