import re

import pytest
from markupsafe import Markup

from diploma.core.markup import plain, render, sections, split

LESSON = """\
Before everything.

## Why this matters {#why}

Text with **weight**.

## Where {#where}

:::only ae
In Abu Dhabi.
:::

:::only uz eg
In Tashkent or Cairo.
:::

Everywhere.
"""


def test_a_lesson_falls_into_sections_with_anchor_and_title():
    found = [(section.anchor, section.title) for section in sections(LESSON, "uz")]
    assert found == [("", ""), ("why", "Why this matters"), ("where", "Where")]


def test_a_section_holds_its_text_without_the_heading():
    assert sections(LESSON)[1].html == "<p>Text with <strong>weight</strong>.</p>\n"


def test_an_anchor_is_taken_out_of_the_title():
    assert sections("## Title with *stress* {#one-2} \nx")[0].title == "Title with stress"


def test_a_heading_without_anchor_still_begins_a_section():
    assert [section.title for section in sections("## One\nx\n## Two {#two}\ny")] == ["One", "Two"]


def test_braces_inside_a_title_are_no_anchor():
    assert sections("## A {#a} b\nx")[0].title == "A {#a} b"


def test_a_heading_in_a_list_begins_no_section():
    assert [section.anchor for section in sections("## A {#a}\n\n- ## B {#b}\n")] == ["a"]


def test_a_reader_sees_only_the_block_of_the_own_country():
    html = sections(LESSON, "ae")[2].html
    assert "Abu Dhabi" in html and "Tashkent" not in html and "Everywhere" in html


def test_a_block_can_be_for_several_countries():
    assert "Cairo" in sections(LESSON, "eg")[2].html


def test_a_reader_of_another_country_sees_no_block():
    html = sections(LESSON, "jo")[2].html
    assert "Abu Dhabi" not in html and "Tashkent" not in html and "Everywhere" in html


def test_without_a_country_all_blocks_are_shown():
    html = sections(LESSON)[2].html
    assert "Abu Dhabi" in html and "Tashkent" in html


def test_the_fences_of_a_block_are_never_shown():
    assert all(":::" not in section.html for section in sections(LESSON))


def test_split_gives_the_source_of_each_section_with_its_line():
    found = split(LESSON)
    assert [(source.anchor, source.line) for source in found] == [("", 0), ("why", 2), ("where", 6)]
    assert found[1].markdown == "## Why this matters {#why}\n\nText with **weight**."


def test_split_and_sections_agree_on_what_a_section_is():
    text = "## A {#a}\n\n```\n## no {#no}\n```\n\n> ## nor {#nor}\n\n## B {#b}\nx"
    assert [source.anchor for source in split(text)] == [section.anchor for section in sections(text)] == ["a", "b"]


def test_the_source_of_a_section_renders_as_that_section():
    whole, parts = sections(LESSON, "uz"), split(LESSON)
    assert [sections(part.markdown, "uz")[0] for part in parts] == whole


def test_a_table_has_column_headers_for_screen_readers():
    assert '<th scope="col">Weight</th>' in render("|Weight|\n|-:|\n|30|")


def test_alignment_leaves_no_style_attribute():
    assert "style" not in render("|a|\n|-:|\n|1|")


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://a.example "onmouseover=alert(1)")',
        '[x](https://a.example/"onmouseover="alert(1))',
        "<svg/onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "`<script>`",
        "```html\n<script>alert(1)</script>\n```",
        '```"onclick=alert(1)\nx\n```',
        "![x](https://a.example/p.png)",
        '![x"onerror="alert(1)](x)',
        "<style>p{color:red}</style>",
        "<p style='position:fixed'>x</p>",
        "## <img src=x onerror=alert(1)> {#x}\n<b onclick=x>",
    ],
)
def test_no_attack_leaves_a_tag_or_an_attribute_that_acts(attack):
    html = str(render(attack)) + "".join(str(section.html) for section in sections(attack))
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"script|img|svg|iframe|style|data:|\bon\w+=|title=", tag, re.I)]


@pytest.mark.parametrize("link", ["https://a.example/b?c=1#d", "/modules/", "lesson", "../x", "#why", "?lang=ru"])
def test_secure_and_inner_links_work(link):
    assert f'<a href="{link}" rel="noopener noreferrer">x</a>' in render(f"[x]({link})")


@pytest.mark.parametrize("link", ["http://a.example", "//a.example", "ftp://a", "mailto:a@b.example", "tel:1"])
def test_other_links_lose_their_address_but_keep_their_words(link):
    html = render(f"[words]({link})")
    assert "href" not in html and "words" in html


def test_images_are_removed():
    assert render("a ![alt](https://a.example/p.png) b") == "<p>a  b</p>\n"


def test_html_in_markdown_is_shown_as_it_stands():
    assert render("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


def test_rendered_text_needs_no_second_escaping():
    assert isinstance(render("x"), Markup) and isinstance(sections("## A {#a}\nx")[0].html, Markup)


def test_plain_text_keeps_words_of_neighbouring_blocks_apart():
    html = render("# A\n\nb & c\n\n- d\n- e\n\n|f|g|\n|-|-|\n|h|i|")
    assert plain(html).split() == ["A", "b", "&", "c", "d", "e", "f", "g", "h", "i"]


def test_plain_text_shows_entities_as_letters():
    assert plain("<p>a &lt;b&gt;&amp;amp; c</p>") == "a <b>&amp; c"


def test_plain_text_has_no_script():
    assert plain("<p>a</p><script>alert(1)</script>") == "a"
