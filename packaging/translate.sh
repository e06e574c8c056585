#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Brings resources/translations up to date with the sources. English has plural forms only: new ones are written from
# the "(s)" of the source and can be mended by hand. A further language begins with: packaging/translate.sh de
# --check changes nothing and fails where something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
check=no
[ "${1:-}" != --check ] || { check=yes; shift; }
lupdate=$(command -v lupdate6 || command -v /usr/lib/qt6/bin/lupdate || command -v lupdate || true)
[ -n "$lupdate" ] || { echo "lupdate is missing: it is in Qt's linguist tools" >&2; exit 1; }
folder=resources/translations
mkdir -p $folder
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp $folder/*.ts "$work" 2>/dev/null || true
# A literal with a suffix among the arguments of tr() makes lupdate 6.4 run for ever.
update() { timeout 60 "$lupdate" -silent -locations none -no-obsolete "$@" 2> >(grep -vE "lacks Q_OBJECT|Qualifying with unknown|Ignoring definition" >&2); }
update -pluralonly -source-language en -target-language en -I . app models ui -ts "$work/bobbin_en.ts"
for language in "$@"; do
    [ -f "$work/bobbin_$language.ts" ] || update -source-language en -target-language "$language" -I . app models ui -ts "$work/bobbin_$language.ts"
done
for file in "$work"/*.ts; do
    [ "$(basename "$file")" = bobbin_en.ts ] || update -I . app models ui -ts "$file"
done
python3 - "$work/bobbin_en.ts" <<'PYTHON'
import re, sys
path = sys.argv[1]
text = open(path, encoding="utf-8").read()
def fill(match):
    message = match.group(0)
    if 'type="unfinished"' not in message:
        return message
    source = re.search(r"<source>(.*?)</source>", message, re.S).group(1)
    one, many = source.replace("(s)", ""), source.replace("(s)", "s")
    return re.sub(r"<translation.*?</translation>",
                  lambda _: "<translation>\n            <numerusform>%s</numerusform>\n            <numerusform>%s</numerusform>\n        </translation>" % (one, many),
                  message, flags=re.S)
text = re.sub(r"<message numerus=\"yes\">.*?</message>", fill, text, flags=re.S)
open(path, "w", encoding="utf-8").write(text)
PYTHON
if [ $check = yes ]; then
    for file in "$work"/*.ts; do
        cmp -s "$file" "$folder/$(basename "$file")" ||
            { echo "error: $folder/$(basename "$file") is behind the sources: packaging/translate.sh" >&2; exit 1; }
    done
    ! grep -n '<numerusform>.*(s)' "$folder/bobbin_en.ts" || { echo "error: a plural form with (s) left in it" >&2; exit 1; }
else
    cp "$work"/*.ts $folder
fi
