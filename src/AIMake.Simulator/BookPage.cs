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
        </style>
        <h1>AIMake simulator</h1>
        <p>Stands in for the outside services and writes down what it is asked: <span id="count">nothing yet</span>.</p>
        <h2>How it misbehaves</h2>
        <pre id="faults"></pre>
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
            }
            document.getElementById('count').textContent = `${after} calls`;
            document.getElementById('faults').textContent = (await (await fetch('/__faults')).json()).map((f) => JSON.stringify(f)).join('\n') || 'Not at all.';
          };
          const loop = () => look().catch(() => {}).finally(() => setTimeout(loop, 1000));
          loop();
        </script>
        </html>
        """;
}
