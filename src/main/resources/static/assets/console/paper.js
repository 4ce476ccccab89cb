// The frame is as high as the certificate in it, so that the page has one scroll bar, and in the page's colours.
(() => {
  const frame = document.querySelector('iframe.paper');
  const root = document.documentElement;
  const fit = () => {
    const paper = frame.contentDocument;
    const page = paper?.documentElement; // null while the certificate is on its way
    if (!page || paper.URL === 'about:blank') return;
    page.dataset.theme = root.dataset.bsTheme;
    frame.style.height = `${Math.ceil(page.getBoundingClientRect().height) + 2}px`;
  };
  frame.addEventListener('load', fit);
  addEventListener('resize', fit);
  new MutationObserver(fit).observe(root, {attributeFilter: ['data-bs-theme']});
  fit();
})();
