// A file that is dropped on the form is as good as one that is chosen.
(() => {
  const form = document.querySelector('[data-drop]');
  const field = form?.querySelector('input[type=file]');
  if (!field) return;
  for (const kind of ['dragover', 'dragenter']) {
    addEventListener(kind, event => { event.preventDefault(); form.classList.add('over'); });
  }
  addEventListener('dragleave', event => { if (!event.relatedTarget) form.classList.remove('over'); });
  addEventListener('drop', event => {
    event.preventDefault();
    form.classList.remove('over');
    if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; form.requestSubmit(); }
  });
})();
