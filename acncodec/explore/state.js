// What is shown at present, and short ways to make elements and to write numbers.

const element = (name, attributes = {}, ...children) => {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
};
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en", {maximumFractionDigits: 1});

const state = {row: 0, held: false, panning: false, plane: 0, colouring: 0, only: -1, pointed: -1};

/** A row of radio buttons in a fieldset; returns what chooses one of them. */
function choice(fieldset, names, chosen) {
  const inputs = names.map((name, index) => {
    const input = element("input", {type: "radio", name: fieldset.id, value: String(index)});
    input.addEventListener("change", () => chosen(index));
    fieldset.append(element("label", {}, input, name));
    return input;
  });
  return (index) => {
    inputs[index].checked = true;
    chosen(index);
  };
}
