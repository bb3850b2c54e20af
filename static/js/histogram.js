// The two handles of the histogram. They write the From and To fields of the filter form, which
// also work without this script and without dragging.

function addHandles() {
  const plot = document.querySelector(".ribbon-plot");
  const from = document.getElementById("f-from");
  const until = document.getElementById("f-until");
  if (!plot || !from || !until || plot.querySelector(".handle")) return;
  // Each column: its left and right end in percent, its date, and the words of the date.
  const stops = plot.dataset.stops.split("\n").map((line) => {
    const [left, right, date, words = date] = line.split("|");
    return [+left, +right, date, words];
  });
  const last = stops.length - 1;
  if (last < 1) return;
  const chosen = plot.querySelector(".chosen");
  const edge = (side) => {
    if (!chosen) return side ? last : 0;
    const x = parseFloat(chosen.getAttribute("x"));
    const at = side ? x + parseFloat(chosen.getAttribute("width")) : x;
    const near = stops.map((stop) => Math.abs(stop[side] - at));
    return near.indexOf(Math.min(...near));
  };
  const places = [edge(0), edge(1)];
  const base = plot.querySelector(".ground").getAttribute("y1");
  const handles = [plot.dataset.from, plot.dataset.until].map((label) => {
    const handle = document.createElement("div");
    handle.className = "handle";
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", label);
    handle.style.height = `${base}px`;
    plot.append(handle);
    return handle;
  });

  function draw() {
    handles.forEach((handle, side) => {
      const stop = stops[places[side]];
      handle.style.left = `${stop[side]}%`;
      handle.setAttribute("aria-valuemin", side ? places[0] : 0);
      handle.setAttribute("aria-valuemax", side ? last : places[1]);
      handle.setAttribute("aria-valuenow", places[side]);
      handle.setAttribute("aria-valuetext", stop[3]);
    });
  }

  function move(side, place) {
    const [min, max] = side ? [places[0], last] : [0, places[1]];
    places[side] = Math.max(min, Math.min(max, place));
    draw();
  }

  function write() {
    // Handles at both ends mean no date range.
    from.value = places[0] === 0 ? "" : stops[places[0]][2];
    until.value = places[1] === last ? "" : stops[places[1]][2];
    from.dispatchEvent(new Event("change", { bubbles: true }));
  }

  handles.forEach((handle, side) => {
    handle.id = side ? "ribbon-until" : "ribbon-from";
    handle.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -last, End: last };
      if (!(event.key in steps)) return;
      event.preventDefault();
      move(side, places[side] + steps[event.key]);
      write();
    });
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      const frame = plot.getBoundingClientRect();
      const drag = (moved) => {
        const at = ((moved.clientX - frame.left) / frame.width) * 100;
        const near = stops.map((stop) => Math.abs(stop[side] - at));
        move(side, near.indexOf(Math.min(...near)));
      };
      handle.addEventListener("pointermove", drag);
      const drop = () => {
        handle.removeEventListener("pointermove", drag);
        write();
      };
      handle.addEventListener("pointerup", drop, { once: true });
      handle.addEventListener("pointercancel", drop, { once: true });
    });
  });
  draw();
}

addHandles();
document.addEventListener("results:replaced", addHandles);
