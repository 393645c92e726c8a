// File controls.

// [data-drop] round a file control: our words instead of the browser's, and the names of what was chosen.
function drop(box) {
  const control = box.querySelector('input')
  const names = box.querySelector('[data-names]')
  box.classList.add('on')
  control.addEventListener('change', () => {
    names.replaceChildren(...[...control.files].map(file => {
      const line = document.createElement('li')
      line.append(Object.assign(document.createElement('bdi'), {textContent: file.name}))
      return line
    }))
  })
}

all('[data-drop]').forEach(drop)
