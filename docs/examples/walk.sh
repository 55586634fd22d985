#!/usr/bin/env bash
# The README's examples as one walk: sign up, ask the price, speak, download, captions, edit, receipt. The blocks are the
# README's, word for word; the lines between them check what came back. AIMAKE says where the server is.
# shellcheck disable=SC2016 # the $names in single quotes are jq's own
set -euo pipefail
workshop=$(mktemp -d)
trap 'rm -rf "$workshop"' EXIT
cd "$workshop"

expect() { "${@:2}" || { echo "not so: $1" >&2; exit 1; }; } # expect WHAT TEST...
credits() { jq -r .data.credits <<<"$1"; }

AIMAKE=${AIMAKE:-http://localhost:8080}

TOKEN=$(curl -fsS "$AIMAKE/api/auth/register" --json '{
  "username": "ada", "email": "ada@example.com", "password": "a quiet little studio", "agreement": true
}' | jq -r .data.accessToken)

VOICE=$(curl -fsS "$AIMAKE/api/voices?language=en" | jq -r '.data.items[0].id')
ORDER=$(jq -n --arg voice "$VOICE" '{voiceId: $voice, text: "Good morning. The kettle is on. Nothing is urgent today."}')
curl -fsS "$AIMAKE/api/tts/quote" -H "Authorization: Bearer $TOKEN" --json "$ORDER" | jq .data

QUOTE=$(curl -fsS "$AIMAKE/api/tts/quote" -H "Authorization: Bearer $TOKEN" --json "$ORDER")

MADE=$(curl -fsS "$AIMAKE/api/tts/generate" -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first-morning" --json "$ORDER")
AUDIO=$(jq -r .data.id <<<"$MADE")

expect 'the charge is the quote' [ "$(credits "$MADE")" = "$(credits "$QUOTE")" ]
AGAIN=$(curl -fsS "$AIMAKE/api/tts/generate" -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first-morning" --json "$ORDER")
expect 'the same key answers with the same audio' [ "$(jq -r .data.id <<<"$AGAIN")" = "$AUDIO" ]

curl -fsS "$AIMAKE/api/audios/$AUDIO/download" -H "Authorization: Bearer $TOKEN" -o morning.mp3
curl -fsS "$AIMAKE/api/audios/$AUDIO/captions.srt" -H "Authorization: Bearer $TOKEN"

probe=$(ffprobe -v error -of json -show_entries stream=codec_name:format=duration morning.mp3)
expect 'the file is an MP3' [ "$(jq -r '.streams[0].codec_name' <<<"$probe")" = mp3 ]
# An MP3 begins with its encoder's delay and ends with a whole frame: up to a tenth of a second that is not the speaker's.
expect 'it is as long as the API says' jq -en --argjson file "$probe" --argjson said "$MADE" \
  '($file.format.duration | tonumber) - $said.data.duration | fabs < 0.1 + $said.data.duration * 0.02' >/dev/null

EDITED=$(curl -fsS "$AIMAKE/api/audios/$AUDIO/edit" -H "Authorization: Bearer $TOKEN" --json '{
  "text": "Good morning. The coffee is ready. Nothing is urgent today."
}')

expect 'one sentence costs less than three, and more than nothing' jq -en --argjson edited "$EDITED" --argjson made "$MADE" \
  '$edited.data.credits > 0 and $edited.data.credits < $made.data.credits * 0.5' >/dev/null

curl -fsS "$AIMAKE/api/generations/$(jq -r .data.generationId <<<"$EDITED")/receipt" -H "Authorization: Bearer $TOKEN" | jq .data

RECEIPT=$(curl -fsS "$AIMAKE/api/generations/$(jq -r .data.generationId <<<"$EDITED")/receipt" -H "Authorization: Bearer $TOKEN")
expect 'the lines of the receipt sum to the charge' jq -e \
  '[.data.lines[].credits] | map(. * 1000000 | round) | add == ($total * 1000000 | round)' --argjson total "$(credits "$EDITED")" <<<"$RECEIPT" >/dev/null

KEY=$(curl -fsS "$AIMAKE/api/tokens" -H "Authorization: Bearer $TOKEN" --json '{"name": "my program", "scopes": ["speech", "models"]}' | jq -r .data.secret)
curl -fsS "$AIMAKE/v1/models" -H "Authorization: Bearer $KEY" | jq -r '.data[].id'
curl -fsS "$AIMAKE/v1/audio/speech" -H "Authorization: Bearer $KEY" --json '{
  "model": "espeak-ng", "voice": "en-us", "input": "The same kettle, asked for by a program."
}' -o kettle.mp3

expect 'a program is answered with an MP3' [ "$(ffprobe -v error -of json -show_entries stream=codec_name kettle.mp3 | jq -r '.streams[0].codec_name')" = mp3 ]
