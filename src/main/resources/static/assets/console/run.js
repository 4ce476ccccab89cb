// A run as it goes on: its events move the meter, fetch the curves, and have the page's part drawn anew when its state changes.
(() => {
  const root = document.getElementById('run');
  const box = document.getElementById('curves');
  if (!root || !box) return;
  const plots = [];
  const colours = () => getComputedStyle(document.documentElement);
  const strokes = ['--brand', '--overdue', '--soon', '--fine', '--calm'];

  function draw(curves) {
    for (const plot of plots.splice(0)) plot.destroy();
    const drawn = curves.filter(curve => curve.points.length > 1);
    if (!drawn.length) return;
    box.replaceChildren();
    const css = colours();
    const ink = css.getPropertyValue('--soft').trim();
    const line = css.getPropertyValue('--line').trim();
    for (const curve of drawn) {
      const terms = [...new Set(curve.points.flatMap(point => Object.keys(point.terms || {})))];
      const data = [curve.points.map(p => p.step), curve.points.map(p => p.loss), ...terms.map(t => curve.points.map(p => p.terms?.[t] ?? null))];
      const part = document.createElement('figure');
      const title = document.createElement('figcaption');
      title.textContent = curve.label;
      const last = curve.points.at(-1);
      const text = document.createElement('p');
      text.className = 'visually-hidden';
      text.textContent = `${curve.label}: loss ${last.loss.toPrecision(3)} at step ${last.step}`;
      part.append(title, text);
      box.append(part);
      plots.push(new uPlot({
        width: Math.max(260, box.clientWidth - 4), height: 220, cursor: { drag: { x: true, y: false } }, scales: { x: { time: false } },
        axes: [{ stroke: ink, grid: { stroke: line }, ticks: { stroke: line }, label: 'step' }, { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } }],
        series: [{ label: 'step' }, ...['loss', ...terms].map((name, i) => ({ label: name, stroke: css.getPropertyValue(strokes[i % strokes.length]).trim(), width: 2, spanGaps: true }))],
      }, data, part));
    }
  }

  let fetching = false;
  async function curves() {
    if (fetching) return;
    fetching = true;
    try {
      const answer = await fetch(root.dataset.curves, { headers: { Accept: 'application/json' } });
      if (answer.ok && !answer.redirected) { shown = await answer.json(); draw(shown); }
    } finally { fetching = false; }
  }
  let shown = [];
  addEventListener('resize', () => draw(shown));
  addEventListener('expunge:theme', () => draw(shown));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw(shown));
  curves();
  if (root.dataset.live !== 'true') return;

  const meter = document.getElementById('progress');
  const text = document.getElementById('progress-text');
  let before = null, lastCurves = 0;
  const events = new EventSource(root.dataset.events);
  events.addEventListener('run', event => {
    const run = JSON.parse(event.data);
    if (run.progress) {
      meter.value = run.progress.percent;
      text.textContent = `${run.progress.stage}, ${run.progress.percent.toFixed(1)} %` +
        (run.progress.rate ? `, ${run.progress.rate.toPrecision(3)} steps a second` : '') +
        (run.progress.secondsLeft ? `, ${Math.round(run.progress.secondsLeft)} s left` : '') +
        (run.progress.loss != null ? `, loss ${run.progress.loss.toPrecision(4)}` : '');
    }
    const now = run.state + run.stage + run.attempt;
    if (before !== null && now !== before) {
      htmx.trigger('#part', 'run-changed');
      document.getElementById('live').textContent = `The run is ${run.state.replaceAll('_', ' ')}, at ${run.stage}.`;
    }
    before = now;
    if (Date.now() - lastCurves > 1500 || run.endedAt) { lastCurves = Date.now(); curves(); }
    if (run.endedAt) { events.close(); document.getElementById('meter').hidden = true; }
  });
})();
