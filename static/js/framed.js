// In a page of ours that another site frames: tells that site how high the page is. The words are
// those of WordPress, which resizes a frame by them; its secret is in the address.
(() => {
  if (parent === window) return;
  const secret = /[?&]secret=([a-z0-9]+)/i.exec(location.hash)?.[1];
  const tell = () => {
    const value = Math.ceil(document.documentElement.getBoundingClientRect().height);
    // To any site: a height is no secret, and who frames us is not known.
    parent.postMessage({ message: "height", value, secret }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  // A browser does not watch sizes in a frame that is out of sight.
  addEventListener("load", tell);
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.message === "ready") tell();
  });
  // A frame may be forbidden to open pages; WordPress then follows the link itself.
  if (!secret) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) parent.postMessage({ message: "link", value: link.href, secret }, "*");
  });
})();
