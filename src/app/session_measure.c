/* By which ranking mirrors are chosen. */
#include <string.h>

#include "mirrorwise/i18n.h"
#include "mirrorwise/tool.h"
#include "session_parts.h"

/* Does any setting of this run leave the choice to a measurement? */
static bool wants_measurement(const struct mw_session *session)
{
    if (session->profile.policy.select != MW_SELECT_FASTEST)
        return false;
    const struct mw_wishes *wishes = &session->profile.wishes;
    for (size_t i = 0; i < wishes->count; i++) {
        const struct mw_wish *wish = &wishes->items[i];
        if (mw_session_has_tool(session, wish->tool) && mw_choose_fastest_count(wish->text) > 0 &&
            session_forced_mirror(session, wish->tool) == NULL)
            return true;
    }
    return false;
}

enum mw_code mw_session_measure(struct mw_session *session, struct mw_error *err)
{
    (void)err;
    if (session->is_measured || !wants_measurement(session))
        return MW_OK;
    if (session->ranking.count > 0)
        session_warn(session, _("nothing was measured now; the ranking of %s decides"),
                     session->ranking.measured_at != NULL ? session->ranking.measured_at : "?");
    else
        session_warn(session, _("nothing was measured yet, so the order of the catalogue decides "
                                "which mirror counts as the fastest"));
    return MW_OK;
}
