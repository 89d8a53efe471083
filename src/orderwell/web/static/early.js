// Runs before the page is drawn, so that it does not flash in the wrong colours.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const wanted = root.dataset.theme;
    root.dataset.bsTheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
  };
  paint();
  dark.addEventListener("change", paint);
  root.classList.add("scripted");
})();
