// Choices by figure, and fields that are shown as they will be printed.

// <fieldset data-radio-keys>: the key of a figure chooses; the arrow keys go from one to the next by themselves, as in
// every group of radio buttons.
function radioKeys(group) {
  group.addEventListener('keydown', event => {
    const typing = event.target.matches('textarea, select, input:not([type=radio])')
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return
    const choice = group.querySelector(`[type=radio][data-key="${event.key}"]`) ?? all('[type=radio]', group)[event.key - 1]
    if (!choice) return
    event.preventDefault()
    choice.focus()
    choice.click()
  })
}

// <bdi data-shows="id of a field">: what is typed there, at once.
function shows(place) {
  const field = document.getElementById(place.dataset.shows)
  field.addEventListener('input', () => { place.textContent = field.value })
}

all('[data-radio-keys]').forEach(radioKeys)
all('[data-shows]').forEach(shows)
