// Loads the page anew while work goes on behind it; without script there is a link to do it by hand.
const waiting = document.querySelector("[data-again]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.again) * 1000);
