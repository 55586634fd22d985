namespace AIMake.Simulator;

/// <summary>The page that shows, live, what the simulator was asked and how it misbehaves.</summary>
internal static class BookPage
{
    public static Task WriteAsync(HttpResponse response)
    {
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
        return response.WriteAsync(Html);
    }

    // What callers sent is put on the page as text, never as markup.
    private const string Html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>AIMake simulator</title>
        <style>
          :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
          body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
          h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin-top: 2rem }
          table { border-collapse: collapse; width: 100% }
          th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); vertical-align: top }
          td.n { font-variant-numeric: tabular-nums; text-align: right }
          tr.bad td.status { color: #d33 } tr.running { opacity: .7 }
          code, pre { font: 13px/1.4 ui-monospace, monospace } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; max-height: 12rem; overflow: auto }
          summary { cursor: pointer }
          form { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin: .8rem 0 }
          label { display: grid; font-size: .85rem } label[hidden] { display: none }
          input, select, button { font: inherit; padding: .25rem .5rem; max-width: 100% } input[type=number] { width: 6rem }
          #said { color: #d33 }
        </style>
        <h1>AIMake simulator</h1>
        <p>Stands in for the outside services and writes down what it is asked: <span id="count">nothing yet</span>.</p>
        <h2>How it misbehaves</h2>
        <form id="add">
          <label>What happens<select name="what">
            <option value="kill">Key is refused (401)</option>
            <option value="throttle">Too many requests (429)</option>
            <option value="quota">Out of quota (429)</option>
            <option value="slow">Slow</option>
            <option value="cut">Cut off in the middle</option>
            <option value="once">Fails once (500)</option>
          </select></label>
          <label id="amount" hidden><span></span><input name="amount" type="number" min="0" max="600000" required></label>
          <label>Service<select name="service">
            <option value="">every one</option>
            <option value="/v1/*">OpenAI</option>
            <option value="/openai/*">Azure</option>
            <option value="/ollama/*">Ollama</option>
            <option value="/llamacpp/*">llama.cpp</option>
            <option value="/vllm/*">vLLM</option>
            <option value="/localai/*">LocalAI</option>
            <option value="/elevenlabs/*">ElevenLabs</option>
            <option value="/synthesia/*">Synthesia</option>
            <option value="/runway/*">Runway</option>
            <option value="/kie/*">kie.ai</option>
            <option value="/">Tencent Cloud</option>
            <option value="/stripe/*">Stripe</option>
            <option value="/creem/*">Creem</option>
          </select></label>
          <label>or path<input name="path" placeholder="/v1/chat/completions" pattern="/.*"></label>
          <label>Key<input name="key" list="keys" placeholder="every one" autocomplete="off"></label>
          <datalist id="keys"></datalist>
          <button>Add</button>
          <button type="button" id="clear">Clear all</button>
        </form>
        <p id="said" role="status"></p>
        <table>
          <thead><tr><th>Where</th><th>Key</th><th>What happens</th><th></th></tr></thead>
          <tbody id="faults"></tbody>
        </table>
        <h2>How webhooks travel</h2>
        <form id="travel">
          <label>Of<select name="provider">
            <option value="">every provider</option>
            <option value="stripe">Stripe</option>
            <option value="creem">Creem</option>
          </select></label>
          <label>They are<select name="how">
            <option value="{}">delivered well</option>
            <option value='{"copies":2}'>sent twice</option>
            <option value='{"copies":20,"shuffleMs":2000}'>sent twenty times, shuffled</option>
            <option value='{"delayMs":10000}'>ten seconds late</option>
            <option value='{"hold":true}'>held back</option>
            <option value='{"lose":true}'>lost</option>
            <option value='{"forged":true}'>forged</option>
            <option value='{"unsigned":true}'>not signed</option>
            <option value='{"signedAgo":301}'>signed too long ago</option>
            <option value='{"apiVersion":"2027-01-01.fennel","extraMembers":true}'>of a later version</option>
          </select></label>
          <button>Set</button>
          <button type="button" id="release">Send what is held</button>
        </form>
        <p id="travelling">Delivered well.</p>
        <table>
          <thead><tr><th>#</th><th>Provider</th><th>Event</th><th>Sent</th><th>Status</th><th></th></tr></thead>
          <tbody id="deliveries"></tbody>
        </table>
        <h2>What it was asked</h2>
        <table>
          <thead><tr><th>#</th><th>Request</th><th>Key</th><th>Model</th><th>Status</th><th>Bytes</th><th>Body</th></tr></thead>
          <tbody id="calls"></tbody>
        </table>
        <script>
          const rows = document.getElementById('calls'), shown = new Map();
          const cell = (row, text, kind) => { const td = row.insertCell(); td.textContent = text ?? ''; if (kind) td.className = kind; return td; };
          const show = (call) => {
            const row = shown.get(call.number) ?? rows.insertRow(0);
            row.replaceChildren();
            row.className = (call.status >= 400 || call.end === 'cut' ? 'bad ' : '') + call.end;
            cell(row, call.number, 'n');
            cell(row, `${call.method} ${call.path}`);
            cell(row, call.key);
            cell(row, call.model);
            cell(row, `${call.status || '…'} ${call.end === 'completed' ? '' : call.end}`, 'status');
            cell(row, call.bytes, 'n');
            const details = document.createElement('details'), summary = document.createElement('summary'), pre = document.createElement('pre');
            summary.textContent = (call.body ?? '').slice(0, 60);
            pre.textContent = (call.body ?? '').slice(0, 20000);
            details.append(summary, pre);
            row.insertCell().append(details);
            shown.set(call.number, row);
            while (shown.size > 200) { const [oldest] = shown.keys(); shown.get(oldest).remove(); shown.delete(oldest); }
          };
          const form = document.getElementById('add'), field = form.elements, said = document.getElementById('said');
          const kinds = {
            kill: { make: () => ({ failStatus: 401 }) },
            throttle: { ask: 'Retry-After, seconds', usual: 7, make: (n) => ({ throttle: { retryAfter: n } }) },
            quota: { make: () => ({ failStatus: 429, failCode: 'insufficient_quota' }) },
            slow: { ask: 'Wait, ms', usual: 2000, make: (n) => ({ firstByteMs: n }) },
            cut: { ask: 'After so many bytes', usual: 1000, make: (n) => ({ cutAfterBytes: n }) },
            once: { make: () => ({ failStatus: 500, failTimes: 1 }) },
          };
          const choose = () => {
            const { ask, usual } = kinds[field.what.value], label = document.getElementById('amount');
            label.hidden = field.amount.disabled = !ask;
            label.firstElementChild.textContent = ask ?? '';
            field.amount.value = usual ?? '';
          };
          const post = async (path, body) => {
            const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
            said.textContent = answer.ok ? '' : await answer.text();
            await showFaults();
          };
          const send = (path, body) => post(path, body).catch(() => { said.textContent = 'The simulator does not answer.'; });
          const place = ({ key, path }) => ({ ...(key ? { key } : {}), ...(path ? { path } : {}) });
          field.what.addEventListener('change', choose);
          form.addEventListener('submit', (event) => {
            event.preventDefault();
            const where = place({ key: field.key.value.trim(), path: field.path.value.trim() || field.service.value });
            send('/__faults', { ...where, ...kinds[field.what.value].make(Number(field.amount.value)) });
          });
          document.getElementById('clear').addEventListener('click', async () => {
            const all = await (await fetch('/__faults')).json();
            send('/__faults', all.map(place)); // an empty setting takes one back; the book stays
          });
          choose();
          let known = '';
          const showFaults = async () => {
            const text = await (await fetch('/__faults')).text();
            if (text === known) return; // a button must not be replaced under the pointer
            known = text;
            const list = document.getElementById('faults');
            list.replaceChildren();
            for (const fault of JSON.parse(text)) {
              const row = list.insertRow(), { key, path, ...what } = fault, button = document.createElement('button');
              cell(row, path ?? 'everywhere');
              cell(row, key ?? 'every key');
              row.insertCell().append(Object.assign(document.createElement('code'), { textContent: JSON.stringify(what) }));
              button.textContent = 'Clear';
              button.addEventListener('click', () => send('/__faults', place(fault)));
              row.insertCell().append(button);
            }
            if (!list.rows.length) cell(list.insertRow(), 'Not at all.').colSpan = 4;
          };
          const travel = document.getElementById('travel'), deliveries = document.getElementById('deliveries');
          travel.addEventListener('submit', (event) => {
            event.preventDefault();
            const provider = travel.elements.provider.value;
            send('/__deliveries', { ...(provider ? { provider } : {}), ...JSON.parse(travel.elements.how.value) });
          });
          document.getElementById('release').addEventListener('click', () => send('/__deliveries/release'));
          const plainly = (setting) => JSON.stringify(Object.fromEntries(Object.entries(setting).filter(([, value]) => value !== null && value !== false)));
          const showDeliveries = async () => {
            const { settings, sent } = await (await fetch('/__deliveries?last=20')).json();
            document.getElementById('travelling').textContent = settings.map(plainly).join(' ') || 'Delivered well.';
            deliveries.replaceChildren();
            for (const each of sent.reverse()) {
              const row = deliveries.insertRow();
              row.className = each.end === 'lost' ? 'bad' : each.end === 'delivered' ? '' : 'running';
              cell(row, each.number, 'n');
              cell(row, each.provider);
              cell(row, `${each.type} ${each.eventId}`);
              cell(row, each.attempts, 'n');
              cell(row, each.status || '…', 'status');
              cell(row, each.end);
            }
          };
          const offer = (key) => {
            const keys = document.getElementById('keys');
            if (key && ![...keys.options].some((option) => option.value === key)) keys.append(new Option(key, key));
          };
          let after = 0, running = new Set();
          const look = async () => {
            const from = Math.min(after, ...[...running].map((n) => n - 1));
            const { calls, opened } = await (await fetch(`/__book?after=${from}`)).json();
            if (opened < after) { rows.replaceChildren(); shown.clear(); running.clear(); after = 0; return look(); } // it was reset
            for (const call of calls) {
              const isNew = call.number > after;
              if (isNew || running.has(call.number)) show(call);
              call.end === 'running' ? running.add(call.number) : running.delete(call.number);
              after = Math.max(after, call.number);
              offer(call.key);
            }
            document.getElementById('count').textContent = `${after} calls`;
            await showFaults();
            await showDeliveries();
          };
          const loop = () => look().catch(() => {}).finally(() => setTimeout(loop, 1000));
          loop();
        </script>
        </html>
        """;
}
