"use strict";
(() => {
  const root = document.documentElement;
  const draw = (place) => {
    const figure = JSON.parse(place.nextElementSibling.textContent);
    const config = {
      displaylogo: false,
      responsive: true,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    };
    return Plotly.newPlot(place, figure.data, figure.layout, config);
  };
  const places = Array.from(document.querySelectorAll(".plot"));
  // Paper has a width of its own: A4 or Letter, less the margins.
  const PAPER_WIDTH_PX = 660;
  window.addEventListener("beforeprint", () => {
    places.forEach((place) => Plotly.relayout(place, { width: PAPER_WIDTH_PX }));
  });
  window.addEventListener("afterprint", () => {
    places.forEach((place) => Plotly.relayout(place, { width: null, autosize: true }));
  });
  Promise.all(places.map(draw)).then(
    () => { root.dataset.plots = "drawn"; },
    (error) => { root.dataset.plots = "failed: " + error; },
  );
})();
