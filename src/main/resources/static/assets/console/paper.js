// The frame is as high as the certificate in it, so that the page has one scroll bar, and in the page's colours.
(() => {
  const frame = document.querySelector('iframe.paper');
  const root = document.documentElement;
  const fit = () => {
    const paper = frame.contentDocument;
    if (!paper || paper.URL === 'about:blank') return;
    paper.documentElement.dataset.theme = root.dataset.bsTheme;
    frame.style.height = `${Math.ceil(paper.documentElement.getBoundingClientRect().height) + 2}px`;
  };
  frame.addEventListener('load', fit);
  addEventListener('resize', fit);
  new MutationObserver(fit).observe(root, {attributeFilter: ['data-bs-theme']});
  fit();
})();
