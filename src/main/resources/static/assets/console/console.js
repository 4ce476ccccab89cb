// What every page needs: the token for htmx, colours, copying, boxes of tables, questions before what cannot be undone.
(() => {
  const meta = name => document.querySelector(`meta[name="${name}"]`)?.content;

  document.addEventListener('htmx:configRequest', event => {
    if (event.detail.verb !== 'get') event.detail.headers[meta('csrf-header')] = meta('csrf-token');
  });

  // Whoever is on the way to another page is not called back by news of this one. A download leaves the page where it is.
  let leaving = false;
  addEventListener('beforeunload', () => {
    leaving = true;
    setTimeout(() => leaving = false, 5000);
  });
  document.addEventListener('htmx:beforeOnLoad', event => {
    if (leaving) event.preventDefault();
  });

  document.addEventListener('click', event => {
    const target = event.target.closest('[data-theme-toggle], [data-copy], [data-check-all], [data-print]');
    if (!target) return;
    if (target.matches('[data-theme-toggle]')) {
      const next = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
      localStorage.setItem('expunge-theme', next);
      document.documentElement.dataset.bsTheme = next;
      dispatchEvent(new Event('expunge:theme'));
    } else if (target.matches('[data-copy]')) {
      navigator.clipboard?.writeText(target.dataset.copy).then(() => say('Copied.'));
    } else if (target.matches('[data-check-all]')) {
      for (const box of target.closest('table').querySelectorAll('tbody input[type=checkbox]')) box.checked = target.checked;
    }
  });

  document.addEventListener('submit', event => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });

  // Fields that only one choice needs.
  const showFor = select => {
    for (const part of document.querySelectorAll(`[data-for="${select.id}"]`)) {
      part.hidden = !part.dataset.when.split(' ').includes(select.value);
      for (const field of part.querySelectorAll('input, select, textarea')) field.disabled = part.hidden;
    }
  };
  for (const select of document.querySelectorAll('select[data-switch]')) {
    showFor(select);
    select.addEventListener('change', () => showFor(select));
  }

  // A form that was refused opens where the field is.
  const wrong = document.querySelector('[aria-invalid="true"]');
  if (wrong) {
    wrong.closest('details')?.setAttribute('open', '');
    wrong.focus();
  } else if (location.hash) {
    document.querySelector(location.hash)?.closest('details')?.setAttribute('open', '');
  }

  // "/" goes to the first field of the page, as in most tools of this kind.
  document.addEventListener('keydown', event => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) {
      const field = document.querySelector('main input:not([type=hidden]):not([type=checkbox]), main select, main textarea');
      if (field) { event.preventDefault(); field.focus(); }
    }
  });

  function say(text) {
    const live = document.getElementById('live');
    if (live) live.textContent = text;
  }
})();
