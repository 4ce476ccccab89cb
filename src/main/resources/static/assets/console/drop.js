// A file is sent as soon as it is chosen, and one that is dropped on the page is as good as one that is chosen.
(() => {
  const form = document.querySelector('[data-drop]');
  const field = form?.querySelector('input[type=file]');
  if (!field) return;
  field.addEventListener('change', () => { if (field.files.length) form.requestSubmit(); });
  for (const kind of ['dragover', 'dragenter']) {
    addEventListener(kind, event => { event.preventDefault(); form.classList.add('over'); });
  }
  addEventListener('dragleave', event => { if (!event.relatedTarget) form.classList.remove('over'); });
  addEventListener('drop', event => {
    event.preventDefault();
    form.classList.remove('over');
    // setting the files of a field by script fires no change
    if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; form.requestSubmit(); }
  });
})();
