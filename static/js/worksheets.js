// A worksheet.

// <div data-computed="URL" data-field="scores"> in a form: what the server makes of the controls f.scores.…, fetched anew
// when one of them changes, so that the screen says what the rules say. Parts that stay the same are left alone: a screen
// reader tells those that are new.
function computed(place) {
  const form = place.closest('form'), {computed: url, field} = place.dataset
  let latest = 0
  form.addEventListener('change', async event => {
    if (event.target !== form && !event.target.name.startsWith(`f.${field}.`)) return
    const mine = ++latest, body = new FormData()
    body.set('csrf_token', form.elements.csrf_token.value)
    body.set('field', field)
    for (const [name, value] of fields(form)) if (name.startsWith(`f.${field}.`)) body.set(name, value)
    try {
      const parts = new DOMParser().parseFromString(await send(url, body), 'text/html').body.children
      if (mine !== latest) return
      for (const [n, part] of [...parts].entries()) {
        if (!part.isEqualNode(place.children[n])) place.children[n].replaceWith(part)
      }
    } catch { /* what stands there stays; saving will say what is wrong */ }
  })
}

all('[data-computed]').forEach(computed)
