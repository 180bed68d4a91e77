"use strict";
(() => {
  const root = document.documentElement;
  const draw = (place) => {
    const figure = JSON.parse(place.nextElementSibling.textContent);
    // plotly.js measures text before it draws it, so it is told the font, and only dressed by CSS.
    figure.layout.font.family = getComputedStyle(document.body).fontFamily;
    const config = {
      displaylogo: false,
      responsive: true,
      // Named one by one: among plotly's own is one that sends the figure to its makers.
      modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    };
    return Plotly.newPlot(place, figure.data, figure.layout, config);
  };
  const places = Array.from(document.querySelectorAll(".plot"));
  // Paper has a width of its own: A4 or Letter, less the margins. Lower plots waste fewer pages.
  const PAPER_WIDTH_PX = 660;
  const PAPER_HEIGHT_SHARE = 0.72;
  const heights = new Map();
  window.addEventListener("beforeprint", () => {
    places.forEach((place) => {
      const height = place.layout.height;
      heights.set(place, height);
      const share = place.layout.meta?.printShare ?? PAPER_HEIGHT_SHARE;
      Plotly.relayout(place, { width: PAPER_WIDTH_PX, height: height * share });
    });
  });
  window.addEventListener("afterprint", () => {
    places.forEach((place) => {
      Plotly.relayout(place, { width: null, height: heights.get(place), autosize: true });
    });
  });
  Promise.all(places.map(draw)).then(
    () => { root.dataset.plots = "drawn"; },
    (error) => { root.dataset.plots = "failed: " + error; },
  );
})();
