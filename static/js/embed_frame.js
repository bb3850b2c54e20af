// Runs in our embedded pages: tells the embedding site the height of the page. The messages are
// those of WordPress, which resizes frames with them; its secret is in the address.
(() => {
  if (parent === window) return;
  const secret = /[?&]secret=([a-z0-9]+)/i.exec(location.hash)?.[1];
  const sendHeight = () => {
    const value = Math.ceil(document.documentElement.getBoundingClientRect().height);
    // To any origin: the height is not secret, and the embedding site is not known.
    parent.postMessage({ message: "height", value, secret }, "*");
  };
  new ResizeObserver(sendHeight).observe(document.documentElement);
  // Browsers do not report sizes in a frame that is not visible.
  addEventListener("load", sendHeight);
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.message === "ready") sendHeight();
  });
  // A sandbox may forbid opening pages; WordPress then opens the link itself.
  if (!secret) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) parent.postMessage({ message: "link", value: link.href, secret }, "*");
  });
})();
