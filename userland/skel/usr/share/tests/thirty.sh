#!/bin/sh
# thirty.sh: a day's work of a shell script, done by at least thirty of the utilities, which checks
# itself. It makes a small project in a scratch directory: sources, an index of their words, a
# release with digests, a mirror, a report. Each step compares what came with what must come.
# The last line is `ok: N checks, M utilities`; the status is 0 if all checks held.
set -u
LC_ALL=C
TZ=UTC0
export LC_ALL TZ

checks=0
failures=0
top=${TMPDIR:-/tmp}/thirty.$$

# run UTILITY ARGUMENTS: the program, never a builtin of the shell. Its name goes to a file, as most
# of them run in subshells.
run() {
    echo "$1" >>"$top.used"
    env "$@"
}

# check WHAT EXPECTED FOUND
check() {
    checks=$((checks + 1))
    if test "$2" != "$3"; then
        failures=$((failures + 1))
        echo "not ok: $1: expected <$2>, found <$3>" >&2
    fi
}

# holds WHAT COMMAND: the command's status is 0
holds() {
    what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        check "$what" 0 0
    else
        check "$what" 0 "$?"
    fi
}

clean_up() {
    cd /
    run chmod -R u+rwx "$top"
    run rm -rf "$top" "$top.used"
}

make_sources() {
    run mkdir -p "$top/src/lib" "$top/out"
    cd "$top" || exit 2
    cat >src/main.txt <<'END'
The kernel protects, libraries decide.
A capability is a reference that nobody forges.
The scheduler hands out slices.
END
    cat >src/lib/fork.txt <<'END'
A process forks; its pages are shared until one of the two writes.
The child runs another program.
END
    run printf '%s\t%d\n' alpha 10 beta 9 gamma 100 >src/table
    run touch -t 202001020304.05 src/table
    run ln -s main.txt src/link
    run ln src/main.txt src/lib/hard
}

check_tree() {
    check 'names' 'lib link main.txt table' "$(run ls src | run xargs)"
    check 'all files' 'fork.txt hard' "$(run ls src/lib | run xargs)"
    check 'link' 'link -> main.txt' "$(run ls -l src/link | run sed 's/.* src.//')"
    check 'links of the file' 2 "$(run ls -l src/main.txt | run tr -s ' ' | run cut -d ' ' -f 2)"
    check 'time' 'Jan  2  2020' "$(run ls -l src/table | run sed 's/.*\(Jan.*2020\).*/\1/')"
    holds 'a directory' run test -d src/lib
    holds 'a link' run test -h src/link
    holds 'the same file' run test src/main.txt -ef src/lib/hard
    check 'basename' main "$(run basename src/main.txt .txt)"
    check 'dirname' src/lib "$(run dirname src/lib/fork.txt)"
    check 'where we are' thirty "$(cd "$top" && run pwd | run sed 's/.*\(thirty\)\..*/\1/')"
}

make_index() {
    # One word a line, lower case, sorted; then how often each is there.
    run cat src/main.txt src/lib/fork.txt |
        run tr -cs '[:alpha:]' '[\n*]' |
        run tr '[:upper:]' '[:lower:]' |
        run sort >out/words
    run uniq -c out/words | run sed 's/^ *//' | run sort -k 1,1nr -k 2 >out/index
    check 'words' 36 "$(run wc -l <out/words | run tr -d ' ')"
    check 'different words' 31 "$(run sort -u out/words | run wc -l | run tr -d ' ')"
    check 'most frequent' '4 the' "$(run head -n 1 out/index)"
    check 'second' '3 a' "$(run sed -n 2p out/index)"
    check 'last' '1 writes' "$(run tail -n 1 out/index)"
    check 'found' 3 "$(run grep -c -E ' (the|a|of)$' out/index)"
    check 'not found' 1 "$(run grep -q zebra out/index; echo $?)"
}

check_numbers() {
    check 'largest' gamma "$(run sort -k 2,2nr src/table | run cut -f 1 | run head -n 1)"
    sum=0
    for number in $(run cut -f 2 src/table); do
        sum=$(run expr "$sum" + "$number")
    done
    check 'sum' 119 "$sum"
    check 'product' 42 "$(run expr 6 '*' 7)"
    check 'octal' 052 "$(run printf '%#o' 42)"
    check 'hexadecimal' 0x2a "$(run printf '%#x' 42)"
    check 'bytes' '61 6c 70 68 61' "$(run od -A n -N 5 -t x1 src/table | run sed 's/^ *//')"
    check 'echo' 'a b' "$(run echo a b)"
    # Fifteen squares, computed by one shell and looked up by another utility.
    i=0
    while run test "$i" -lt 15; do
        i=$((i + 1))
        echo "$i $((i * i))"
    done >out/squares
    check 'square' 144 "$(run grep '^12 ' out/squares | run cut -d ' ' -f 2)"
    check 'last three' '169 196 225' "$(run tail -n 3 out/squares | run cut -d ' ' -f 2 | run xargs)"
    # A merge of two sorted halves is the sorted whole.
    run sort -n -k 2 out/squares | run sed '8,$d' >out/low
    run sort -n -k 2 out/squares | run sed '1,7d' >out/high
    run sort -m -n -k 2 out/low out/high >out/merged
    holds 'merged' run cmp out/merged out/squares
    holds 'in order' run sort -c -n -k 2 out/merged
    check 'differences' 3 "$(run sed 's/1 1$/1 2/; s/25$/35/' out/squares | run cmp -l - out/squares |
        run wc -l | run tr -d ' ')"
    check 'squares' 15 "$(run wc -l <out/squares | run tr -d ' ')"
}

make_release() {
    run mkdir -m 750 release
    run cp -R src release/src
    run cp -p src/table release/table
    check 'mode' drwxr-x--- "$(run ls -ld release | run cut -c 1-10)"
    run chmod 640 release/table
    check 'mode of the table' -rw-r----- "$(run ls -l release/table | run cut -c 1-10)"
    holds 'the copy is equal' run cmp src/main.txt release/src/main.txt
    holds 'the time was kept' run test ! release/table -nt src/table
    (cd release && run sha256sum table src/main.txt src/lib/fork.txt) | run tee out/digests >SUMS
    holds 'digests' check_digests
    holds 'tee wrote both' run cmp out/digests SUMS
    run echo tampered >>release/src/main.txt
    check 'tampered' 1 "$(check_digests >/dev/null 2>&1; echo $?)"
    holds 'cmp sees it' run sh -c '! cmp -s src/main.txt release/src/main.txt'
}

check_digests() {
    (cd release && run sha256sum -c ../SUMS)
}

make_mirror() {
    run mv release mirror
    holds 'moved' run test ! -e release
    holds 'the mirror is there' run test -f mirror/src/lib/fork.txt
    run ls mirror/src/lib | run xargs -I NAME echo '<NAME>' >out/marked
    check 'marked' '<fork.txt>' "$(run head -n 1 out/marked)"
    run sed -e '/kernel/!d' -e 's/kernel/KERNEL/' mirror/src/main.txt >out/kernel
    check 'edited' 'The KERNEL protects, libraries decide.' "$(run cat out/kernel)"
    run rm -r mirror/src/lib
    holds 'removed' run test ! -d mirror/src/lib
    run mkdir -p mirror/a/b
    (cd mirror && run rmdir -p a/b)
    holds 'empty directories are gone' run test ! -e mirror/a
}

check_processes() {
    # Not by `run`: $! has to be the sleep itself, and not a subshell that waits for it.
    echo sleep >>"$top.used"
    env sleep 30 &
    child=$!
    holds 'the child runs' run kill -0 "$child"
    check 'its parent' "$$" "$(run ps -o ppid= -p "$child" | run tr -d ' ')"
    run kill -s TERM "$child"
    wait "$child" 2>/dev/null
    check 'ended by a signal' 143 "$?"
    run true
    check 'true' 0 "$?"
    run false
    check 'false' 1 "$?"
    holds 'a name' run uname -s
    check 'machine' 1 "$(run uname -m | run wc -w | run tr -d ' ')"
    check 'the date' 10 "$(run date -u +%Y-%m-%d | run tr -d '\n' | run wc -c | run tr -d ' ')"
    check 'a variable' seven "$(run env COUNT=seven sh -c 'echo $COUNT')"
    check 'a pipeline' 'c b a' "$(run printf '%s\n' a b c | run sort -r | run xargs)"
}

report() {
    number=$(run sort -u "$top.used" | run wc -l | run tr -d ' ')
    if test "$number" -lt 30; then
        failures=$((failures + 1))
        echo "not ok: only $number utilities" >&2
    fi
    if test "$failures" -gt 0; then
        echo "failed: $failures of $checks checks"
        exit 1
    fi
    echo "ok: $checks checks, $number utilities"
}

trap clean_up EXIT
make_sources
check_tree
make_index
check_numbers
make_release
make_mirror
check_processes
report
