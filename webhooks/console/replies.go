package console

import (
	"ringback/settings"
)

// repliesPage is a team's saved replies.
type repliesPage struct {
	Items  []settings.Reply
	Typed  settings.Reply // what was refused; its id is empty for a new one
	Faults map[string]string
}

// replies is the list, with a form for each.
func (v *View) replies() error {
	return v.showReplies(settings.Reply{}, nil)
}

func (v *View) showReplies(typed settings.Reply, refused error) error {
	found, err := settings.ListReplies(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID)
	if err != nil {
		return err
	}
	page := repliesPage{Items: found, Typed: typed}
	if refused == nil {
		return v.Show("replies.html", page)
	}
	var ok bool
	if page.Faults, ok = v.Faults(refused); !ok {
		return refused
	}
	for n := range page.Items {
		if page.Items[n].ID == typed.ID {
			page.Items[n] = typed
		}
	}
	return v.ShowFault("replies.html", page)
}

func (v *View) typedReply() settings.Reply {
	return settings.Reply{ID: v.g.Param("id"), Title: v.Form("title"), Text: v.Form("text")}
}

// editReplies runs the change of the team's settings and shows the list again.
func (v *View) editReplies(typed settings.Reply, change func(*settings.Edit) (settings.Reply, error)) error {
	var saved settings.Reply
	_, err := v.editTeam(func(e *settings.Edit) (err error) {
		saved, err = change(e)
		return err
	})
	if err != nil {
		return v.showReplies(typed, err)
	}
	part := ""
	if saved.ID != "" {
		part = "reply-" + saved.ID
	}
	return v.goSaved("/teams/"+v.Team.ID+"/replies", part)
}

// addReply adds one.
func (v *View) addReply() error {
	typed := v.typedReply()
	return v.editReplies(typed, func(e *settings.Edit) (settings.Reply, error) { return e.AddReply(v.ctx(), typed) })
}

// changeReply saves one.
func (v *View) changeReply() error {
	typed := v.typedReply()
	return v.editReplies(typed, func(e *settings.Edit) (settings.Reply, error) {
		return e.ChangeReply(v.ctx(), typed.ID, func(r *settings.Reply) error {
			r.Title, r.Text = typed.Title, typed.Text
			return nil
		})
	})
}

// deleteReply deletes one; the history has it, and can bring it back.
func (v *View) deleteReply() error {
	typed := v.typedReply()
	return v.editReplies(typed, func(e *settings.Edit) (settings.Reply, error) {
		return settings.Reply{}, e.DeleteReply(v.ctx(), typed.ID)
	})
}
