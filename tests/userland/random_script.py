"""Shell scripts at random, for two shells to agree on.

A script is a row of fragments, each in a subshell of its own, followed by its status: so an error
ends one fragment only. The grammar keeps to what POSIX defines: no unset IFS tricks, no word that
one shell may take for something of its own. Loops are bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

FRAGMENTS = 40
MARK = "== end of fragment: "
NAMES = ("a", "b", "c", "n")
VALUES = ("", "x", "a b", " lead", "1", "7", "a*c", "p/q/r.s", "q''q", "x:y::z", "*", "-n x")
PATTERNS = ("*", "?", "a*", "*/", ".*", "[a-f]", "[!a]*", "x", "?b*", "\\*", '"*"', "'?'*")
MESSAGES = ("one", "two words", "$a", "${b}tail", "'single'", '"dq"', "\\$esc")

SIGNS = (
    *("+", "-", "*", "%", "/", "<<", ">>", "&", "|", "^"),
    *("<", "<=", ">", ">=", "==", "!=", "&&", "||"),
)


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.functions = 0

    def pick(self, *choices: Callable[[int], str]) -> Callable[[int], str]:
        return self.random.choice(choices)

    def name(self) -> str:
        return self.random.choice(NAMES)

    def number(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.4:
            return self.random.choice(("n", "0", "1", "2", "7", "010", "0x1f", "(-3)", "${n:-0}"))
        left, right = self.number(depth - 1), self.number(depth - 1)
        kind = self.random.randrange(8)
        if kind == 0:
            return f"({left} ? {right} : {self.number(depth - 1)})"
        if kind == 1:
            return f"(n {self.random.choice(('=', '+=', '-=', '|=', '^='))} {right})"
        if kind == 2:
            return f"{self.random.choice(('!', '~', '- ', '+ '))}({left})"
        sign = self.random.choice(SIGNS)
        if sign in ("<<", ">>"):
            right = self.random.choice("0135")
        return f"({left} {sign} {right})"

    def parameter(self, depth: int) -> str:
        name = self.random.choice((*NAMES, "1", "2", "u"))
        kind = self.random.randrange(6)
        if kind == 0:
            return f"${{#{name}}}"
        if kind == 1:
            op = self.random.choice(("#", "##", "%", "%%"))
            return f"${{{name}{op}{self.random.choice(PATTERNS)}}}"
        if kind == 2:
            op = self.random.choice(("-", ":-", "+", ":+"))
            return f"${{{name}{op}{self.word(depth - 1)}}}"
        if kind == 3:
            return self.random.choice(("$#", "$*", "$@", "$?"))
        return f"${{{name}}}"

    def word(self, depth: int) -> str:
        kind = self.random.randrange(9) if depth > 0 else 0
        if kind == 1:
            return self.parameter(depth)
        if kind == 2:
            return f'"{self.parameter(depth)}"'
        if kind == 3:
            return f"$(({self.number(2)}))"
        if kind == 4:
            return f"$({self.simple(depth - 1)})"
        if kind == 5:
            return f'"$({self.simple(depth - 1)}) $(({self.number(1)}))"'
        if kind == 6:
            return self.word(depth - 1) + self.word(depth - 1)
        if kind == 7:
            return f'"<{self.parameter(depth)}>"'
        return self.random.choice(MESSAGES)

    def words(self, depth: int) -> str:
        return " ".join(self.word(depth) for _ in range(self.random.randrange(1, 4)))

    def value(self) -> str:
        return "'" + self.random.choice(VALUES).replace("'", "'\\''") + "'"

    def simple(self, depth: int) -> str:
        kind = self.random.randrange(10)
        if kind == 0:
            return f"{self.name()}={self.value()}"
        if kind == 1:
            return f"n=$(({self.number(2)}))"
        if kind == 2:
            return f"set -- {self.words(depth)}"
        if kind == 3:
            return self.random.choice(("true", "false", ":", "(exit 3)", "echo $?"))
        if kind == 4:
            return f'[ "{self.parameter(1)}" = {self.value()} ]'
        if kind == 5:
            return f"{self.name()}={self.word(depth)}"
        return f"printf '<%s>' {self.words(depth)}; echo"

    def group(self, depth: int) -> str:
        return f"{{ {self.list(depth - 1)}; }}"

    def subshell(self, depth: int) -> str:
        return f"( {self.list(depth - 1)} )"

    def condition(self, depth: int) -> str:
        text = f"if {self.command(depth - 1)}; then {self.list(depth - 1)}"
        if self.random.random() < 0.5:
            text += f"; else {self.list(depth - 1)}"
        return text + "; fi"

    def loop(self, depth: int) -> str:
        body = self.list(depth - 1)
        if self.random.random() < 0.3:
            body += f"; {self.command(0)} && {self.random.choice(('break', 'continue'))}"
        if self.random.random() < 0.5:
            return f"for {self.name()} in {self.words(depth)}; do {body}; done"
        counter = f"i{depth}"
        test = f"[ $(({counter} += 1)) -le {self.random.randrange(4)} ]"
        return f"{counter}=0; while {test}; do {body}; done"

    def case(self, depth: int) -> str:
        items = " ".join(
            f"{self.random.choice(PATTERNS)}) {self.command(depth - 1)};;"
            for _ in range(self.random.randrange(1, 4))
        )
        return f"case {self.word(1)} in {items} *) echo other;; esac"

    def pipeline(self, depth: int) -> str:
        reader = self.random.choice(("cat", 'while read x y; do echo "$y|$x"; done', "tr a-f A-F"))
        return f"{self.command(depth - 1)} | {reader}"

    def redirected(self, depth: int) -> str:
        return f"{{ {self.list(depth - 1)}; }} >f; cat f; cat <f >>g; cat g"

    def function(self, depth: int) -> str:
        self.functions += 1
        name = f"f{self.functions}"
        body = self.list(depth - 1)
        return f"{name}() {{ {body}; return {self.random.randrange(3)}; }}; {name} {self.words(1)}"

    def here_document(self, depth: int) -> str:
        quote = self.random.choice(("", "'"))
        # No assignment in it: in which process it happens is not specified.
        text = f"{self.parameter(1)} $((n + 1)) \\$a text"
        return f"cat <<{quote}E{quote}\n{text}\nE\n:"

    def command(self, depth: int) -> str:
        if depth <= 0:
            return self.simple(1)
        return self.pick(
            self.simple, self.simple, self.group, self.subshell, self.condition, self.loop,
            self.case, self.pipeline, self.redirected, self.function, self.here_document,
        )(depth)  # fmt: skip

    def list(self, depth: int) -> str:
        text = self.command(depth)
        for _ in range(self.random.randrange(3)):
            text += self.random.choice(("; ", " && ", " || ", "\n")) + self.command(depth)
        return text


def random_script(random: Random) -> list[str]:
    """A script as its fragments, of which the first sets variables; the same for the same state."""
    make = _Maker(random)
    start = "".join(f"{name}={make.value()}\n" for name in NAMES[:-1]) + "n=3\n"
    body = [f"(set -- 'p q' 7\n{make.list(2)}\n)\n" for _ in range(FRAGMENTS)]
    return [start, *(f'{text}echo "{MARK}$?"\n' for text in body)]
