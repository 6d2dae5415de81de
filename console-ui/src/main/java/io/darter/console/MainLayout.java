package io.darter.console;

import com.vaadin.flow.component.applayout.AppLayout;
import com.vaadin.flow.component.applayout.DrawerToggle;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.component.sidenav.SideNav;
import com.vaadin.flow.component.sidenav.SideNavItem;
import com.vaadin.flow.router.AfterNavigationEvent;
import com.vaadin.flow.router.AfterNavigationObserver;
import com.vaadin.flow.router.HasDynamicTitle;
import com.vaadin.flow.spring.security.AuthenticationContext;
import jakarta.annotation.security.PermitAll;

/** The frame around every view: where one can go, whose page it is, and whether it is live. */
@PermitAll
public final class MainLayout extends AppLayout implements AfterNavigationObserver {
    private final Speech speech = Speech.here();
    private final H1 title = new H1();

    public MainLayout(LiveState live, AuthenticationContext account) {
        setPrimarySection(Section.DRAWER);
        addToDrawer(brand(), sections());
        PreferenceMenu preferences = new PreferenceMenu();
        account.getPrincipalName().ifPresent(user -> preferences.addAccount(user, account::logout));
        DrawerToggle toggle = new DrawerToggle();
        toggle.setAriaLabel(speech.text("nav.label"));
        Div space = new Div();
        space.addClassName("space");
        addToNavbar(toggle, title, space, new LinkState(live), preferences);
    }

    @Override
    public void afterNavigation(AfterNavigationEvent event) {
        if (getContent() instanceof ConsoleView view) {
            title.setText(view.heading());
        }
    }

    private Div brand() {
        Image logo = new Image("assets/darter/icon.svg", "");
        Span name = new Span(speech.text("app.name"));
        Div brand = new Div(logo, name);
        brand.addClassName("brand");
        return brand;
    }

    private SideNav sections() {
        SideNav nav = new SideNav();
        nav.getElement().setAttribute("aria-label", speech.text("nav.label"));
        nav.addItem(
                new SideNavItem(speech.text("nav.overview"), OverviewView.class, VaadinIcon.DASHBOARD.create()),
                new SideNavItem(speech.text("nav.nodes"), NodesView.class, VaadinIcon.SERVER.create()),
                tasks());
        return nav;
    }

    /** Also the section of one task's page. */
    private SideNavItem tasks() {
        SideNavItem tasks = new SideNavItem(speech.text("nav.tasks"), TasksView.class, VaadinIcon.TASKS.create());
        tasks.setMatchNested(true);
        return tasks;
    }

    /** A view inside the frame. */
    interface ConsoleView extends HasDynamicTitle {
        /** The view's name as its only first-level heading. */
        String heading();

        @Override
        default String getPageTitle() {
            return heading() + " · Darter";
        }
    }
}
