// A script beside its rubric.

// <fieldset data-radio-keys>: a marker chooses a level by its figure (1 is the lowest); the arrow keys go from
// level to level by themselves, as in every group of radio buttons.
function radioKeys(group) {
  group.addEventListener('keydown', event => {
    const typing = event.target.matches('textarea, select, input:not([type=radio])')
    if (typing || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return
    const level = group.querySelector(`[type=radio][data-key="${event.key}"]`) ?? all('[type=radio]', group)[event.key - 1]
    if (!level) return
    event.preventDefault()
    level.focus()
    level.click()
  })
}

// <output data-total="URL"> in a form: the server adds up, so that the sum on the screen is the sum of the rules.
function total(place) {
  const form = place.closest('form')
  let latest = 0
  form.addEventListener('change', async () => {
    const mine = ++latest
    try {
      const text = await send(place.dataset.total, formData(form))
      if (mine === latest) place.textContent = text
    } catch { /* the sum stays as it was; saving will say what is wrong */ }
  })
}

all('[data-radio-keys]').forEach(radioKeys)
all('[data-total]').forEach(total)
