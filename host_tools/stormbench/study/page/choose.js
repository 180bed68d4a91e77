"use strict";
// A chart that holds several choices shows the one that its list names; paper has no list, so the
// choice is told there in words.
document.querySelectorAll("select[data-plot]").forEach((list) => {
  const place = document.getElementById(list.dataset.plot);
  list.addEventListener("change", () => {
    const choice = place.layout.meta.choices[list.selectedIndex];
    Plotly.update(place, { visible: choice.visible }, choice.layout);
    document.getElementById(`${list.dataset.plot}-shown`).textContent = list.value;
  });
});
