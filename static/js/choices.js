// Choices by figure.

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

all('[data-radio-keys]').forEach(radioKeys)
