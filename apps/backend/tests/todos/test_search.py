"""Search: every word that a person sees is found, in any script, and nothing else."""

import unicodedata
import uuid
from functools import partial

import psycopg
import pytest
from starlette.testclient import TestClient

from app import wait_for_database
from app.settings import Settings
from tests.conftest import API, SignedIn
from tests.database.plans import plan_of
from tests.database.test_migrations import FIRST_RELEASE

TODOS = f"{API}/todos"
OTHER = "call Bob"
TITLES = [
    "mail bob@example.com",
    "pay 10.50 euros",
    "upgrade to 1.2.3",
    "see https://github.com/pulumi/pulumi/issues/123",
    "due 2026-11-28 at 09:30",
    "买牛奶",
    "牛乳を買う、パンも",
    "우유 사기",
    "ซื้อนมและขนมปัง",
    "اشترِ الحَليب",
    "לִקְנוֹת חָלָב",
    "Купить молоко",
    "Αγόρασε γάλα στους δρόμους",
    "İstanbul'a IŞIK götür",
    "Straße fegen",
    "Đi chợ mua phở",
    "Café Zoë, crème brûlée",
    "smørrebrød og øl",
    "family 👨‍👩‍👧 dinner ❤️",
    "don\u2019t \u2013 \u201cpanic\u201d",
    "100% of _all_ C:\\temp files",
    "buy c++ & c# books!",
]


def find(client: TestClient, words: str, **params: str | int) -> list[str]:
    answer = client.get(TODOS, params={"q": words, **params})
    assert answer.status_code == 200, answer.text
    return [todo["title"] for todo in answer.json()]


def add(client: TestClient, title: str, **values: object) -> str:
    answer = client.post(TODOS, json={"title": title, **values})
    assert answer.status_code == 201, answer.text
    todo_id: str = answer.json()["id"]
    return todo_id


@pytest.mark.parametrize("title", TITLES)
def test_each_word_as_it_is_seen_finds_the_todo(ann: TestClient, title: str) -> None:
    add(ann, title)
    add(ann, OTHER)
    typed = {unicodedata.normalize(form, word) for word in title.split() for form in ("NFC", "NFKD")}
    parts = {part for word in typed for part in (word, word.upper(), word[1:], word[:-1])}
    for part in parts:
        if any(unicodedata.category(letter)[0] in "LNPS" for letter in part):
            assert title in find(ann, part), ascii(part)
    assert find(ann, title) == [title]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("买牛奶", "牛奶"),
        ("ซื้อนมและขนมปัง", "ขนมปัง"),
        ("اشترِ الحَليب", "الحليب"),
        ("לִקְנוֹת חָלָב", "חלב"),
        ("Αγόρασε γάλα στους δρόμους", "ΑΓΟΡΑΣΕ ΔΡΟΜΟΥΣ"),
        ("Купить ёлку", "елку"),
        ("İstanbul'a IŞIK götür", "istanbul isik"),
        ("\u0131ş\u0131k", "IŞIK"),
        ("Straße fegen", "strasse"),
        ("STRASSE", "straße"),
        ("Đi chợ mua phở", "di cho pho"),
        ("Café Zoë, crème brûlée", "cafe zoe creme"),
        ("smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("family 👨‍👩‍👧 dinner", "👨‍👩‍👧"),
        ("family 👨‍👩‍👧 dinner", "👧"),
        ("heart ❤️", "❤"),
        ("don\u2019t forget", "don't"),
        ("２０２６年", "2026"),
        ("ﬁle taxes", "file"),
        ("see https://github.com/pulumi/pulumi/issues/123", "pulumi issues 123"),
        ("soft\u00adware", "software"),
    ],
)
def test_other_ways_to_type_the_same(ann: TestClient, title: str, words: str) -> None:
    add(ann, title)
    add(ann, OTHER)
    assert find(ann, words) == [title]


def test_notes_and_tags_are_searched(ann: TestClient) -> None:
    add(ann, "one", notes="ask bob@example.com\nabout the lease")
    add(ann, "two", tags=["büro", "year 2026"])
    assert find(ann, "example.com lease") == ["one"]
    assert find(ann, "buro 2026") == ["two"]
    assert find(ann, "one two") == []
    assert find(ann, "onea") == [], "a word reaches from the title into the notes"


def test_change_is_found_at_once(ann: TestClient) -> None:
    todo = add(ann, "old words")
    for change in ({"title": "new words"}, {"notes": "fresh notes"}, {"tags": ["shiny"]}):
        assert ann.patch(f"{TODOS}/{todo}", json=change).status_code == 200
    assert find(ann, "old") == []
    assert find(ann, "new fresh shiny") == ["new words"]


@pytest.mark.parametrize(
    "words",
    [
        "🎉",
        "%",
        "_",
        "\\",
        "%%",
        "_____",
        "' & | ! :* ()",
        "...",
        "?!",
        "\u00b4",
        "\u0301",
        "\u200b",
        "\u200d",
        "\ufe0f",
        "\u00ad",
    ],
    ids=ascii,
)
def test_search_without_letters_finds_what_holds_it_or_nothing(ann: TestClient, words: str) -> None:
    for title in ("buy milk", OTHER, "one two three"):
        add(ann, title)
    assert find(ann, words) == []
    assert find(ann, f"{words} milk") in ([], ["buy milk"])


@pytest.mark.parametrize("words", ["🎉", "%", "_", "\\", "+", "'", ":*"])
def test_search_without_letters_is_literal(ann: TestClient, words: str) -> None:
    add(ann, f"with {words} in it")
    add(ann, OTHER)
    assert find(ann, words) == [f"with {words} in it"]


@pytest.mark.parametrize("words", ["", " ", "\t\n"], ids=ascii)
def test_empty_search_is_no_filter(ann: TestClient, words: str) -> None:
    add(ann, OTHER)
    assert find(ann, words) == [OTHER]


def test_todos_of_old_pods_are_found(ann: TestClient, sql: psycopg.Connection) -> None:
    values = {"user": ann.get(f"{API}/auth/me").json()["id"], "todo": uuid.uuid4()}
    sql.execute(FIRST_RELEASE[3].encode(), values)
    assert find(ann, "old") == ["old"]
    sql.execute("UPDATE todos SET title = 'Müsli', notes = 'newer' WHERE id = %(todo)s", values)
    assert find(ann, "musli newer") == ["Müsli"]
    assert find(ann, "old") == []


def test_todos_from_before_the_migration_are_found_and_filled(
    ann: TestClient, settings: Settings, sql: psycopg.Connection
) -> None:
    for number in range(3):
        add(ann, f"Käse {number}")
    add(ann, OTHER)
    sql.execute("UPDATE todos SET search_text = NULL")
    assert find(ann, "kase", sort="title") == ["Käse 0", "Käse 1", "Käse 2"]
    assert wait_for_database.main(settings) == 0
    filled = sql.execute("SELECT search_text FROM todos ORDER BY search_text").fetchall()
    assert [text.strip() for (text,) in filled] == ["call bob", "kase 0", "kase 1", "kase 2"]


def test_index_of_the_owner_is_used_among_100_000_todos(
    ann: TestClient, signed_in: SignedIn, sql: psycopg.Connection
) -> None:
    for name in ("bob", "cleo", "dan", "eve"):
        signed_in(f"{name}@example.com")
    # Without triggers, which would take most of the time: what they fill is written here.
    sql.execute("SET session_replication_role = replica")
    sql.execute(
        "INSERT INTO todos (id, owner_id, title, done, search_text)"
        " SELECT gen_random_uuid(), users.id, title, false, title"
        " FROM users, generate_series(1, 20000) AS n, LATERAL (SELECT 'milk no. ' || n) AS _ (title)"
    )
    sql.execute("ANALYZE todos")
    for words in ("milk", "19999", "ilk 1 no"):
        for sort in ("-created_at", "-position", "due_date", "-priority", "title"):
            plan = plan_of(sql, partial(find, ann, words, sort=sort, limit=1))
            text = f"{words}, {sort}:\n{chr(10).join(plan)}"
            assert any("todos_of_owner" in line for line in plan), text
            assert not any("Seq Scan on todos" in line for line in plan), text
            removed = sum(int(line.split(":")[1]) for line in plan if "Rows Removed by Filter" in line)
            assert removed < 20_000, f"rows of others were read and thrown away: {text}"
