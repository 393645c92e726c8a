# Run this with bash in the folder of the unpacked export. It ends with OK, or names what differs.
set -u; export LC_ALL=C; faults=0
fault() { echo "DIFFERS: $*"; faults=$((faults + 1)); }
said() { sed -n "s/^$2: //p" "$1"; }
sha256() { sha256sum | cut -c 1-64; }
total=$(wc -l < chain.txt) own=$(find events -type f | wc -l) covered=0 before=$(printf '%064d' 0)

# 1. The name of each key is the digest of its bytes.
for key in keys/*.pem; do
  [ "$(openssl pkey -pubin -in "$key" -outform DER | sha256)" = "$(basename "$key" .pem)" ] || fault "$key: its name"
done

# 2. Each head is signed, names the head before it, and the lines of chain.txt that were there on its day.
for day in heads/*.txt; do
  openssl pkeyutl -verify -pubin -inkey "keys/$(said "$day" key).pem" -rawin -in "$day" -sigfile "${day%.txt}.sig" \
    > /dev/null 2>&1 || fault "$day: its signature"
  [ "$(said "$day" previous)" = "$before" ] || fault "$day: the head before it"
  before=$(sha256 < "$day") covered=$(said "$day" events)
  [ "$covered" -le "$total" ] || fault "$day: chain.txt is shorter"
  [ "$(head -n "$covered" chain.txt | sha256)" = "$(said "$day" list)" ] || fault "$day: the lines of chain.txt"
done

# 3. Each of your events has the digest that stands in chain.txt, in the line of its number.
checked=$(seq -f ' *events/%08.0f' "$total" | paste -d '\0' chain.txt - | sha256sum --check --ignore-missing 2>&1 | grep -c ': OK$')
[ "$checked" = "$own" ] || fault "events: $checked of $own stand in chain.txt"

# 4. Each certificate has the digest that stands in the event of its issue, and each such event has its certificate.
diff <(find events -type f -exec grep -oh '"snapshot":"[0-9a-f]*"' {} + | cut -d '"' -f 4 | sort) \
  <(find certificates -type f -exec sha256sum {} + | cut -c 1-64 | sort) || fault "certificates"

echo "$total events, $covered of them signed; $own are yours"
[ "$faults" = 0 ] && echo OK
