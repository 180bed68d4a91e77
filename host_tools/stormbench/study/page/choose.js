"use strict";
// A chart that holds several choices shows the one that its list names.
document.querySelectorAll("select[data-plot]").forEach((list) => {
  const place = document.getElementById(list.dataset.plot);
  list.addEventListener("change", () => {
    const choice = place.layout.meta.choices[list.selectedIndex];
    Plotly.update(place, { visible: choice.visible }, choice.layout);
  });
});
